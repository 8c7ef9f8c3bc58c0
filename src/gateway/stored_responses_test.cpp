#include "gateway/stored_responses.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

TEST(StoredResponses, AnotherTenantsIdIsUnknown) {
  StoredResponses stored;
  stored.keep("resp_1", {"search", "openai", "main"});
  ASSERT_TRUE(stored.find("resp_1", "search"));
  EXPECT_EQ(stored.find("resp_1", "search")->key, "main");
  EXPECT_FALSE(stored.find("resp_1", "sales"));
  EXPECT_TRUE(stored.knows("resp_1"));
  stored.forget("resp_1");
  EXPECT_FALSE(stored.knows("resp_1"));
}

TEST(StoredResponses, TheOldestIsForgotten) {
  StoredResponses stored(2);
  for (const char* id : {"a", "b", "a", "c"}) stored.keep(id, {"t", "p", "k"});
  EXPECT_FALSE(stored.knows("a"));
  EXPECT_TRUE(stored.knows("b"));
  EXPECT_TRUE(stored.knows("c"));
}

TEST(StoredResponses, AnIdThatIsNoneIsNotKept) {
  StoredResponses stored;
  stored.keep("", {"t", "p", "k"});
  stored.keep(std::string(1000, 'x'), {"t", "p", "k"});
  for (const char* id : {"a/b", "..", "a\r\nb", "a?b"}) {
    stored.keep(id, {"t", "p", "k"});
    EXPECT_FALSE(stored.knows(id)) << id;
  }
  EXPECT_FALSE(stored.knows(""));
  EXPECT_FALSE(stored.knows(std::string(1000, 'x')));
}

}  // namespace
}  // namespace tollgate
