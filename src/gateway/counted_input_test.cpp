#include "gateway/counted_input.h"

#include <gtest/gtest.h>

#include "dialects/all.h"
#include "gateway/gateway_for_test.h"

namespace tollgate {
namespace {

InputCount counted(std::string_view dialect, std::string_view body, std::string_view model) {
  auto call = find_dialect(dialect)->view({.operation = Operation::chat, .body = body, .path_model = model});
  EXPECT_TRUE(call.has_value());
  return count_prompt(*call, model, nullptr);
}

// tiktoken: 4 tokens of "Hello, world!", 1 of the role, 3 of the message, 3 of the reply's start.
TEST(CountedInput, AChatOfTextsIsCountedExactly) {
  InputCount input = counted("openai_chat", R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hello, world!"}]})", "gpt-4o");
  EXPECT_TRUE(input.exact);
  EXPECT_EQ(input.tokens.count, 4 + 1 + 3 + 3);
  EXPECT_GE(input.bound.count, input.tokens.count);
}

TEST(CountedInput, PartsAndNamesAndEscapesCount) {
  InputCount one = counted("openai_chat", R"({"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"text","text":"Hello,"},{"type":"text","text":" world\u0021"}]}]})", "gpt-4o");
  EXPECT_TRUE(one.exact);
  EXPECT_EQ(one.tokens.count, 2 + 2 + 1 + 3 + 3);
  InputCount named = counted("openai_chat", R"({"model":"gpt-4o","messages":[{"role":"user","name":"Ann","content":"Hello, world!"}]})", "gpt-4o");
  EXPECT_EQ(named.tokens.count, 4 + 1 + 3 + 3 + 1 + 1);
}

// "Now multiply that by 2" after an answer, as gpt-5 reported it: 31 tokens. A reply's start is one shorter, an answer two longer.
TEST(CountedInput, ModelsThatReasonHaveAnotherFrame) {
  std::string_view body = R"({"model":"gpt-5","messages":[{"role":"user","content":"What is 5 + 3?"},{"role":"assistant","content":"8"},)"
                          R"({"role":"user","content":"Now multiply that by 2"}]})";
  EXPECT_EQ(counted("openai_chat", body, "gpt-5").tokens.count, 31);
  EXPECT_EQ(counted("openai_chat", body, "gpt-4o").tokens.count, 30);
  EXPECT_EQ(counted("openai_chat", body, "gpt-5-chat-latest").tokens.count, 30);
  InputCount oss = counted("openai_chat", body, "gpt-oss-120b");
  EXPECT_FALSE(oss.exact) << "hosts put a preamble before it";
  EXPECT_GT(oss.tokens.count, 80);
  EXPECT_GE(oss.bound.count, oss.tokens.count);
}

// "?" and "<" are one token where they meet.
TEST(CountedInput, TheTextsOfAMessageAreOne) {
  std::string_view parts = R"([{"role":"user","content":[{"type":"input_text","text":"What's in this file?"},{"type":"input_text","text":"<file>"}]}])";
  std::string_view one = R"([{"role":"user","content":"What's in this file?<file>"}])";
  auto input = [&](std::string_view text) { return counted("openai_responses", R"({"model":"gpt-4o","input":)" + std::string(text) + "}", "gpt-4o").tokens.count; };
  EXPECT_EQ(input(parts), input(one));
  EXPECT_EQ(input(R"([{"role":"user","content":"What's in this file?"},{"role":"user","content":"<file>"}])"), input(one) + 4 + 1);
}

TEST(CountedInput, WhatTheBodyDoesNotShowIsNotExact) {
  EXPECT_FALSE(counted("openai_responses", R"({"model":"gpt-4o","input":"Hi","previous_response_id":"resp_1"})", "gpt-4o").exact);
  EXPECT_FALSE(counted("openai_chat", R"({"model":"gpt-4o-search-preview","messages":[{"role":"user","content":"Hi"}]})", "gpt-4o-search-preview").exact);
  InputCount silent = counted("openai_responses", R"({"model":"gpt-4o","input":"Hi","instructions":""})", "gpt-4o");
  EXPECT_EQ(silent.tokens.count, 1 + 3 + 1 + 3);
  EXPECT_TRUE(silent.exact);
}

// A tool is counted by what it says, not by its bytes; the bound still has these.
TEST(CountedInput, ToolsAreEstimatedByTheirText) {
  std::string tools = R"([{"type":"function","function":{"name":"get_weather","description":"The weather of a city","parameters":{"type":"object"}}}])";
  for (std::string_view model : {"gpt-4o", "claude-sonnet-4"}) {
    InputCount without = counted("openai_chat", R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})", model);
    InputCount with = counted("openai_chat", R"({"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":)" + tools + "}", model);
    EXPECT_GT(with.tokens.count, without.tokens.count + 8) << model;
    EXPECT_GE(with.bound.count, without.bound.count + static_cast<std::int64_t>(tools.size())) << model;
  }
}

TEST(CountedInput, ToolsMakeItABound) {
  std::string_view body = R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hello, world!"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]})";
  InputCount input = counted("openai_chat", body, "gpt-4o");
  EXPECT_FALSE(input.exact);
  EXPECT_GE(input.bound.count, input.tokens.count);
}

TEST(CountedInput, TheBoundIsFarBelowTheBytesWhereTextIsCounted) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "hello ";
  std::string body = R"({"model":"gpt-4o","messages":[{"role":"user","content":")" + text + R"("}]})";
  InputCount known = counted("openai_chat", body, "gpt-4o"), unknown = counted("openai_chat", body, "claude-sonnet-4");
  EXPECT_LT(known.bound.count, 3000);
  EXPECT_GT(unknown.bound.count, 12'000) << "nobody's tokenizer makes more tokens than bytes";
  EXPECT_LT(unknown.tokens.count, 4000);
}

TEST(CountedInput, OtherDialectsSayTheSame) {
  EXPECT_TRUE(counted("openai_responses", R"({"model":"gpt-4o","input":"Hello, world!"})", "gpt-4o").exact);
  InputCount messages = counted("anthropic_messages", R"({"model":"gpt-4o","max_tokens":10,"system":"Be brief.","messages":[{"role":"user","content":"Hello, world!"}]})", "gpt-4o");
  EXPECT_TRUE(messages.exact);
  EXPECT_EQ(messages.tokens.count, 4 + 3 + 2 * (1 + 3) + 3);
}

TEST(CountedInput, ALongBodyIsBoundedByItsBytes) {
  std::string body = R"({"model":"gpt-4o","messages":[{"role":"user","content":")" + std::string(1'100'000, 'a') + R"("}]})";
  EXPECT_GT(counted("openai_chat", body, "gpt-4o").bound.count, 1'100'000);
}

TEST(CountedInput, ALimitInTokensTakesWhatIsCounted) {
  GatewayForTest t;
  for (Target* target : t.setup.targets) target->model = "gpt-4o";
  t.setup.limit({limit_of(Measure::input_tokens, "few", 400)});  // the body has more bytes than that
  CallForTest& call = t.prepare();
  std::string text;
  for (int i = 0; i < 100; ++i) text += "hello ";
  call.incoming.text = R"({"model":"m","messages":[{"role":"user","content":")" + text + R"("}],"max_tokens":10})";
  t.provider.answers({t.plain()});
  t.begin(call);
  t.loop.pass(std::chrono::seconds(1));
  EXPECT_FALSE(call.error) << call.error->detail;
}

TEST(CountedInput, WhatNobodyReportsIsBilledAsCounted) {
  GatewayForTest t;
  for (Target* target : t.setup.targets) target->model = "gpt-4o";
  Script silent = t.plain();
  silent.pieces = {R"({"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]})"};
  t.provider.answers({silent});
  t.ask();
  EXPECT_EQ(t.ledger.rows.at(0).usage.input.count, 1 + 1 + 3 + 3);
  EXPECT_EQ(t.ledger.rows.at(0).usage_source, UsageSource::estimated);
}

// A PNG of 1024 x 768 pixels.
TEST(CountedInput, PicturesCountByTheirMakersRules) {
  const std::string data = "iVBORw0KGgoAAAANSUhEUgAABAAAAAMACAIAAAA=";
  const std::string openai = R"({"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"text","text":"?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,)" + data + R"("}}]}]})";
  InputCount seen = counted("openai_chat", openai, "gpt-4o");
  EXPECT_FALSE(seen.exact);
  EXPECT_NEAR(static_cast<double>(seen.tokens.count), 765, 40);
  EXPECT_GE(seen.bound.count, 765 + 8);
  EXPECT_LT(seen.bound.count, 2'000);
  const std::string claude = R"({"model":"c","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":")" + data + R"("}}]}]})";
  InputCount shown = counted("anthropic_messages", claude, "claude-sonnet-4-5");
  EXPECT_NEAR(static_cast<double>(shown.tokens.count), 1049, 40);
  EXPECT_LT(shown.bound.count, 2'500);
  const std::string elsewhere = R"({"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]})";
  EXPECT_GT(counted("openai_chat", elsewhere, "gpt-4o").bound.count, 48'000);
}

}  // namespace
}  // namespace tollgate
