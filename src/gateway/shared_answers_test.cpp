#include "gateway/shared_answers.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tollgate {
namespace {

using Keep = SharedAnswers::Keep;
constexpr Instant now{1'000'000'000};
const SharedAnswers::Digest body{1}, other{2};

SharedAnswer answer(std::string text) { return {.body = std::move(text)}; }

TEST(SharedAnswers, TheFirstLeadsAndTheOthersGetItsAnswer) {
  SharedAnswers table;
  auto first = table.enter("a", body, Keep::for_a_day, now);
  EXPECT_TRUE(first.leading.leads());
  auto second = table.enter("a", body, Keep::for_a_day, now);
  EXPECT_FALSE(second.leading.leads() || second.answer || second.other_body);
  bool gone = true;
  EXPECT_EQ(table.look("a", gone), nullptr);
  EXPECT_FALSE(gone);
  first.leading.give(answer("x"), now);
  EXPECT_EQ(table.look("a", gone)->body, "x");
  EXPECT_EQ(table.enter("a", body, Keep::for_a_day, now + SharedAnswers::kept_for).answer->body, "x");
  EXPECT_TRUE(table.enter("a", body, Keep::for_a_day, now + SharedAnswers::kept_for + seconds(1)).leading.leads());
}

TEST(SharedAnswers, AnotherBodyOfTheSameNameIsTold) {
  SharedAnswers table;
  auto first = table.enter("a", body, Keep::for_a_day, now);
  EXPECT_TRUE(table.enter("a", other, Keep::for_a_day, now).other_body);
}

TEST(SharedAnswers, WhoGoesLeavesTheLeadToAnother) {
  SharedAnswers table;
  { auto first = table.enter("a", body, Keep::while_asked, now); }
  bool gone = false;
  table.look("a", gone);
  EXPECT_TRUE(gone);
  EXPECT_TRUE(table.enter("a", body, Keep::while_asked, now).leading.leads());
}

TEST(SharedAnswers, CallsUnderWayAreForgottenSoonAlsoBehindOnesThatLast) {
  SharedAnswers table;
  table.enter("day", body, Keep::for_a_day, now).leading.give(answer("x"), now);
  table.enter("call", body, Keep::while_asked, now).leading.give(answer("y"), now);
  EXPECT_TRUE(table.enter("call", body, Keep::while_asked, now + seconds(2)).leading.leads());
  EXPECT_TRUE(table.enter("day", body, Keep::for_a_day, now + seconds(2)).answer);
}

TEST(SharedAnswers, ItKeepsToItsRoom) {
  SharedAnswers table(10'000);
  for (int i = 0; i < 100; ++i) table.enter(std::to_string(i), body, Keep::for_a_day, now).leading.give(answer(std::string(1'000, 'x')), now);
  EXPECT_TRUE(table.enter("0", body, Keep::for_a_day, now).leading.leads());
  EXPECT_TRUE(table.enter("99", body, Keep::for_a_day, now).answer);
  table.enter("large", body, Keep::for_a_day, now).leading.give(answer(std::string(SharedAnswers::answer_bytes_max + 1, 'x')), now);
  EXPECT_TRUE(table.enter("large", body, Keep::for_a_day, now).leading.leads());
}

TEST(SharedAnswers, OneOfManyThreadsLeads) {
  SharedAnswers table;
  std::atomic<int> leaders{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int name = 0; name < 1'000; ++name) {
        auto found = table.enter(std::to_string(name), body, Keep::for_a_day, now);
        if (!found.leading.leads()) continue;
        ++leaders;
        found.leading.give(answer("x"), now);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(leaders, 1'000);
}

}  // namespace
}  // namespace tollgate
