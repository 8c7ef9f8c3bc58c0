#include "gateway/conversations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tollgate {
namespace {

Turn turn(std::string input, std::string output, std::shared_ptr<const Turn> before = nullptr) {
  std::size_t number = before ? before->number + 1 : 1;
  return {.input = std::move(input), .answer = fmt::format(R"({{"id":"x","output":[{}]}})", output), .before = std::move(before), .number = number};
}

TEST(Conversations, ALaterTurnKnowsTheEarlierOnesAlsoWhenTheyAreDeleted) {
  Conversations kept(1 << 20);
  kept.keep("a", "team", turn("1", "2"));
  kept.keep("b", "team", turn("3", "4", kept.find("a", "team")));
  EXPECT_TRUE(kept.forget("a", "team"));
  EXPECT_EQ(kept.find("a", "team"), nullptr);
  EXPECT_EQ(items_until(*kept.find("b", "team")), "1,2,3,4");
}

TEST(Conversations, AnothersIsAsUnknownAsNone) {
  Conversations kept(1 << 20);
  kept.keep("a", "team", turn("1", "2"));
  EXPECT_EQ(kept.find("a", "other"), nullptr);
  EXPECT_FALSE(kept.forget("a", "other"));
  EXPECT_NE(kept.find("a", "team"), nullptr);
}

TEST(Conversations, OneTenantCannotPushOutAnother) {
  Conversations kept(40'000);
  kept.keep("quiet", "small", turn("1", "2"));
  for (int i = 0; i < 1'000; ++i) kept.keep(fmt::format("loud{}", i), "large", turn(std::string(500, '1'), "2"));
  EXPECT_NE(kept.find("quiet", "small"), nullptr);
  EXPECT_EQ(kept.find("loud0", "large"), nullptr);
  EXPECT_NE(kept.find("loud999", "large"), nullptr);
}

TEST(Conversations, ItForgetsWhatIsLargerThanItsShare) {
  Conversations kept(4'000);
  kept.keep("a", "team", turn(std::string(2'000, '1'), "2"));
  EXPECT_EQ(kept.find("a", "team"), nullptr);
}

TEST(Conversations, AnEmptyOutputLeavesNoComma) {
  Conversations kept(1 << 20);
  kept.keep("a", "team", turn("1", ""));
  EXPECT_EQ(items_until(*kept.find("a", "team")), "1");
}

}  // namespace
}  // namespace tollgate
