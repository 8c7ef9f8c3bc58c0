#include "dialects/batch_file.h"

#include <gtest/gtest.h>

#include "dialects/all.h"

namespace tollgate {
namespace {

std::string line(std::string_view body, std::string_view url = "/v1/chat/completions") {
  return R"({"custom_id":"a","method":"POST","url":")" + std::string(url) + R"(","body":)" + std::string(body) + "}\n";
}

TEST(BatchInput, SumsWhatItsCallsMayTake) {
  auto batch = read_batch_input(line(R"({"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":10,"n":2})") + "\n" +
                                line(R"({"model":"m","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":5})"));
  ASSERT_TRUE(batch) << batch.error().detail;
  EXPECT_EQ(batch->model, "m");
  EXPECT_EQ(batch->calls, 2);
  EXPECT_EQ(batch->output, 25);
  EXPECT_GT(batch->input, 2);
}

TEST(BatchInput, ACallWithoutAMaximumLeavesItOpen) {
  auto batch = read_batch_input(line(R"({"model":"m","input":"hi"})", "/v1/responses"));
  ASSERT_TRUE(batch);
  EXPECT_FALSE(batch->output);
  EXPECT_EQ(read_batch_input(line(R"({"model":"m","input":"hi"})", "/v1/embeddings"))->output, 0);
}

TEST(BatchInput, SaysWhichLineIsWrong) {
  std::string good = line(R"({"model":"m","messages":[{"role":"user","content":"hi"}]})");
  for (const std::string& bad : {std::string("{\n"), line("[]"), line(R"({"messages":[]})"), line(R"({"model":"other","messages":[{"role":"user","content":"hi"}]})"),
                                 line(R"({"model":"m"})", "/v1/nothing")}) {
    auto batch = read_batch_input(good + bad);
    ASSERT_FALSE(batch) << bad;
    EXPECT_NE(batch.error().detail.find("line 2"), std::string::npos) << batch.error().detail;
  }
  EXPECT_FALSE(read_batch_input("\n"));
}

TEST(Batch, TellsWhatItUsed) {
  auto batch = read_batch(R"({"id":"batch_1","object":"batch","status":"completed","model":"m-1","output_file_id":"file-2",
    "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":15}})");
  ASSERT_TRUE(batch);
  EXPECT_TRUE(batch->over);
  EXPECT_EQ(batch->usage->input.count, 6);
  EXPECT_EQ(batch->usage->cache_read.count, 4);
  EXPECT_EQ(batch->usage->output.count, 3);
  EXPECT_EQ(batch->usage->reasoning.count, 2);
  EXPECT_EQ(batch->output_file, "file-2");
  EXPECT_FALSE(read_batch(R"({"id":"batch_1","status":"in_progress","usage":{"total_tokens":0}})")->usage);
  EXPECT_FALSE(read_batch(R"({"error":1})"));
}

TEST(Batch, ALineOfItsOutputTellsWhatOneCallUsed) {
  const Dialect* chat = find_dialect("openai_chat");
  auto usage = usage_in_output_line({&chat, 1}, R"({"custom_id":"a","response":{"status_code":200,"body":{"id":"x","object":"chat.completion","model":"m",
    "choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}}})");
  ASSERT_TRUE(usage);
  EXPECT_EQ(usage->input.count, 7);
  EXPECT_EQ(usage->output.count, 3);
  EXPECT_FALSE(usage_in_output_line({&chat, 1}, R"({"custom_id":"a","error":{"code":"x"}})"));
}

}  // namespace
}  // namespace tollgate
