#include "dialects/openai_chat/answer.h"

#include <gtest/gtest.h>

namespace tollgate::openai_chat {
namespace {

constexpr std::string_view good =
    R"({"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}})";

TEST(Answer, ReadsUsageTextAndFinish) {
  auto answer = read_answer(Endpoint::chat, good);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->usage->input.count, 9);
  EXPECT_EQ(answer->text_bytes, 5);
  EXPECT_TRUE(answer->every_choice_finished);
  EXPECT_EQ(answer->choices, 1);
}

TEST(Answer, AllowsKeepAliveBlanksAndAByteOrderMark) {
  EXPECT_TRUE(read_answer(Endpoint::chat, "\n         \n\n   " + std::string(good)));
  auto marked = read_answer(Endpoint::chat, "\xEF\xBB\xBF" + std::string(good));
  ASSERT_TRUE(marked);
  EXPECT_EQ(marked->body.size(), good.size());
}

TEST(Answer, RefusesOtherShapesAsTheProvidersFault) {
  for (auto body : {"", "null", "[]", "{}", "{\"choices\":[]}", "{\"choices\":{}}", "{\"choices\":[1]}",
                    "<html>login</html>", "{\"choices\":[{\"index\":0}", "{\"data\":[]}"}) {
    auto answer = read_answer(Endpoint::chat, body);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().fault, Fault::upstream_protocol) << body;
    EXPECT_EQ(answer.error().retry, Retry::next_target) << body;
  }
}

TEST(Answer, SeesAnErrorInsideA200) {
  auto answer = read_answer(Endpoint::chat, R"({"error":{"message":"Overloaded","type":"overloaded_error"}})");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::upstream_overloaded);
}

TEST(Answer, TakesALastDuplicateOfUsage) {
  auto answer = read_answer(
      Endpoint::chat, R"({"choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":1},)"
                      R"("usage":{"prompt_tokens":900,"completion_tokens":900}})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->usage->input.count, 900);
}

TEST(Answer, ReadsEmbeddingsAndCompletions) {
  auto vectors = read_answer(Endpoint::embeddings,
                             R"({"object":"list","data":[{"embedding":"AAAA"}],"usage":{"total_tokens":5}})");
  ASSERT_TRUE(vectors);
  EXPECT_EQ(vectors->usage->input.count, 5);
  EXPECT_EQ(vectors->usage->all_output().count, 0);
  auto completion =
      read_answer(Endpoint::completions, R"({"choices":[{"text":"abc","index":0,"finish_reason":"length"}]})");
  ASSERT_TRUE(completion);
  EXPECT_EQ(completion->text_bytes, 3);
  EXPECT_TRUE(completion->cut_by_length);
  EXPECT_FALSE(completion->usage);
}

}  // namespace
}  // namespace tollgate::openai_chat
