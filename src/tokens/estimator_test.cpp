#include "tokens/estimator.h"

#include <gtest/gtest.h>

#include "tokens/encoding.h"
#include "tokens/samples_for_test.h"

namespace tollgate {
namespace {

constexpr std::string_view models[] = {"gpt-6", "gpt-oss-20b", "claude-sonnet-4", "claude-haiku-4-5", "claude-opus-4-8", "gemini-2.5-flash", "mistral-large", "command-a", "llama3-8b",
                                       "llama-3.3-70b", "llama-4-scout", "deepseek-chat", "grok-4", "qwen3", "some-model"};

std::int64_t o200k(std::string_view text) { return Encoding::o200k_base().count(text); }

TEST(TokenFamilyOf, KnowsTheMakerWhoeverHosts) {
  EXPECT_EQ(token_family_of("claude-sonnet-4-5"), TokenFamily::anthropic);
  EXPECT_EQ(token_family_of("us.anthropic.claude-haiku-4-5-20251001-v1:0"), TokenFamily::anthropic);
  EXPECT_EQ(token_family_of("google/gemini-2.5-flash"), TokenFamily::gemini);
  EXPECT_EQ(token_family_of("meta-llama/Llama-4-Scout"), TokenFamily::llama);
  EXPECT_EQ(token_family_of("openai/gpt-oss-120b"), TokenFamily::gpt_oss);
  EXPECT_EQ(token_family_of("gpt-6-sol"), TokenFamily::openai);
  EXPECT_EQ(token_family_of("some-model"), TokenFamily::other);
  EXPECT_EQ(token_family_of(""), TokenFamily::other);
}

TEST(EstimatorRowOf, KnowsGenerationsHoweverTheyAreWritten) {
  EXPECT_EQ(estimator_row_of("claude-sonnet-4-20250514"), "anthropic");
  EXPECT_EQ(estimator_row_of("claude-opus-4-1"), "anthropic");
  EXPECT_EQ(estimator_row_of("us.anthropic.claude-haiku-4-5-20251001-v1:0"), "anthropic_4_5");
  EXPECT_EQ(estimator_row_of("anthropic/Claude-Sonnet-4.6"), "anthropic_4_5");
  EXPECT_EQ(estimator_row_of("claude-opus-4-8"), "anthropic_4_7");
  EXPECT_EQ(estimator_row_of("meta.llama3-1-70b-instruct-v1:0"), "llama_3_1");
  EXPECT_EQ(estimator_row_of("meta-llama/Llama-3.3-70B-Instruct"), "llama_3_1");
  EXPECT_EQ(estimator_row_of("llama3.1:8b"), "llama") << "Ollama's template";
  EXPECT_EQ(estimator_row_of("llama3-8b-8192"), "llama");
  EXPECT_EQ(estimator_row_of("some-model"), "other");
}

// "4200" is 2 tokens of o200k_base and "42" is 1.
TEST(MarksIn, CountsDigitsThatThreeAtATimeSaves) {
  EXPECT_EQ(marks_in("4200 + 42").digits, 3);
  EXPECT_EQ(marks_in("2 + 2").digits, 0);
  EXPECT_EQ(marks_in("1234567").digits, 4);
  EXPECT_EQ(marks_in(""), TextMarks{});
}

TEST(MarksIn, CountsRunsOfLineEnds) {
  EXPECT_EQ(marks_in(R"(One.\n\nTwo.\n \nThree.\n)").lines, 4);
  EXPECT_EQ(marks_in("One.\n\nTwo.\n").lines, 2);
  EXPECT_EQ(marks_in(R"(C:\\new)").lines, 0) << "an escaped backslash";
}

TEST(MarksIn, LooksThroughEscapes) {
  EXPECT_EQ(marks_in(R"(\u4e2d\u6587)").digits, 0);
  EXPECT_EQ(marks_in(R"(12\n34)").digits, 2);
  EXPECT_EQ(marks_in(R"(\\u1234)").digits, 2) << "an escaped backslash, and then a text";
  EXPECT_EQ(marks_in(R"(\u12)").digits, 0);
  EXPECT_EQ(marks_in("\\"), TextMarks{});
}

TEST(Estimate, IsNearForProseInAllRows) {
  std::string text = repeated("The budget of a team is shared by its members, and when it is spent, requests wait for the next month. ", 20);
  for (std::string_view model : models) {
    TokenEstimate found = estimate(model, {.text = o200k(text), .turns = 1});
    EXPECT_GT(found.median, 350) << model;
    EXPECT_LT(found.median, 750) << model;
    EXPECT_GE(found.upper, found.median) << model;
  }
}

TEST(Estimate, GrowsWithEveryPart) {
  for (std::string_view model : models) {
    Prompt prompt{.text = 100, .tool_text = 100, .turns = 1, .tools = 1};
    std::int64_t before = estimate(model, prompt).median;
    auto grows = [&](std::int64_t Prompt::* part, std::int64_t more) {
      Prompt larger = prompt;
      larger.*part += more;
      return estimate(model, larger).median > before;
    };
    EXPECT_TRUE(grows(&Prompt::text, 10)) << model;
    EXPECT_TRUE(grows(&Prompt::tool_text, 100)) << model;
    EXPECT_TRUE(grows(&Prompt::other_bytes, 1000)) << model;
  }
}

// As they were reported: of prompts like these the frame is half.
TEST(Estimate, AShortPromptIsRightToTheToken) {
  EXPECT_EQ(estimate("claude-haiku-4-5", {.text = o200k("Count from 1 to 3"), .turns = 1}).median, 15);
  EXPECT_EQ(estimate("llama-3.3-70b", {.text = o200k("What is the capital of France?"), .turns = 1}).median, 42);
  EXPECT_EQ(estimate("command-a-03-2025", {.text = o200k("What is the capital of France?"), .turns = 1}).median, 7);
}

TEST(Estimate, ATextAloneHasNoFrame) {
  EXPECT_EQ(estimate("llama-3.3-70b", {.text = 7}).median, estimate("llama-3.3-70b", {.text = 7, .turns = 1}).median - 35);
  EXPECT_EQ(estimate("claude-haiku-4-5", {}).median, 1);
}

TEST(Estimate, HugeCountsStayNumbers) {
  TokenEstimate found = estimate("some-model", {.text = INT64_MAX, .other_bytes = INT64_MAX, .turns = INT64_MAX / 2});
  EXPECT_GT(found.median, 1'000'000);
  EXPECT_GE(found.upper, found.median);
}

}  // namespace
}  // namespace tollgate
