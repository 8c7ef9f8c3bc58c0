#include "gateway/counting/prompt_count.h"

#include <gtest/gtest.h>

#include "async/virtual_time_for_test.h"
#include "dialects/all.h"
#include "gateway/gateway_for_test.h"
#include "tokens/tokenizer_file_for_test.h"

namespace tollgate {
namespace {

InputCount counted(std::string_view dialect, std::string_view body, std::string_view model) {
  auto call = find_dialect(dialect)->view({.operation = Operation::chat, .body = body, .path_model = model});
  EXPECT_TRUE(call.has_value());
  return count_prompt(*call, {.model = model});
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

InputCount of_claude(std::string_view more, std::string_view messages = R"([{"role":"user","content":"Count from 1 to 3"}])", std::string_view model = "claude-haiku-4-5") {
  return counted("anthropic_messages", R"({"model":"m","max_tokens":2000,"messages":)" + std::string(messages) + std::string(more) + "}", model);
}

// As Anthropic reported them of claude-haiku-4-5; a system prompt has no frame there.
TEST(CountedInput, AnEstimateKnowsTheFrameOfAChat) {
  EXPECT_EQ(of_claude("").tokens.count, 15);
  EXPECT_EQ(of_claude("", R"([{"role":"user","content":"What is TypeScript?"}])").tokens.count + 11, of_claude(R"(,"system":"You are a helpful assistant. Be very concise.")", R"([{"role":"user","content":"What is TypeScript?"}])").tokens.count);
  EXPECT_NEAR(static_cast<double>(of_claude("", R"([{"role":"user","content":"Say exactly: \"Hello\""},{"role":"assistant","content":"Hello"},{"role":"user","content":"Now say exactly: \"Goodbye\""}])").tokens.count), 28, 1);
}

TEST(CountedInput, AskingToReasonAddsAPromptOfTheProvider) {
  std::int64_t plain = of_claude("").tokens.count;
  EXPECT_EQ(of_claude(R"(,"thinking":{"type":"enabled","budget_tokens":1024})").tokens.count, plain + 29);
  EXPECT_EQ(of_claude(R"(,"thinking":{"type":"disabled"})").tokens.count, plain);
  InputCount bedrock = counted("bedrock_converse", R"({"messages":[{"role":"user","content":[{"text":"Count from 1 to 3"}]}],"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":1024}}})",
                               "us.anthropic.claude-haiku-4-5-20251001-v1:0");
  EXPECT_EQ(bedrock.tokens.count, plain + 29);
}

TEST(CountedInput, DemandingACallAddsMore) {
  std::string tools = R"(,"tools":[{"name":"f","input_schema":{"type":"object"}}])";
  std::int64_t free = of_claude(tools).tokens.count;
  EXPECT_GT(free, 450);
  EXPECT_EQ(of_claude(tools + R"(,"tool_choice":{"type":"auto"})").tokens.count, free);
  EXPECT_GT(of_claude(tools + R"(,"tool_choice":{"type":"any"})").tokens.count, free + 50);
}

TEST(CountedInput, ThoughtsBeforeEarlierAnswersAreLeftOut) {
  auto asked = [](std::string_view answer) {
    return counted("openai_chat", R"({"model":"m","messages":[{"role":"user","content":"2+2?"},{"role":"assistant","content":")" + std::string(answer) + R"("},{"role":"user","content":"And 3+3?"}]})", "qwen3-32b").tokens.count;
  };
  EXPECT_NEAR(static_cast<double>(asked(R"(<think>\nThe user wants the sum of two and two, which is four.\n</think>\n\nFour.)")), static_cast<double>(asked("Four.")), 2);
  EXPECT_GT(asked(R"(<think>\nThe user wants the sum of two and two, which is four.)"), asked("Four.") + 10) << "not ended";
}

// What a report may teach: calls with tools apart, guesses less, and nothing where the provider adds what nobody sees.
TEST(CountedInput, SaysWhatAReportTeaches) {
  EXPECT_EQ(of_claude("").estimated.tokens, 15);
  EXPECT_EQ(of_claude("").estimated.unsure, 0);
  EXPECT_FALSE(of_claude("").estimated.tools);
  EXPECT_TRUE(of_claude(R"(,"tools":[{"name":"f","input_schema":{"type":"object"}}])").estimated.tools);
  EXPECT_EQ(of_claude(R"(,"tools":[{"type":"web_search_20250305","name":"web_search"}])").estimated.tokens, 0);
  EXPECT_EQ(counted("openai_responses", R"({"model":"m","input":"Hi","previous_response_id":"resp_1"})", "grok-4").estimated.tokens, 0);
  EXPECT_EQ(counted("openai_chat", R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})", "gpt-4o").estimated.tokens, 0) << "it was counted";
}

TEST(CountedInput, WhatWasLearnedCorrectsTheNext) {
  auto call = find_dialect("openai_chat")->view({.operation = Operation::chat, .body = R"({"model":"grok-4","messages":[{"role":"user","content":"Count from 1 to 3"}]})", .path_model = "grok-4"});
  ASSERT_TRUE(call.has_value());
  Calibration calibration;
  InputCount first = count_prompt(*call, {.model = "grok-4", .calibration = &calibration});
  calibration.saw(first.estimated, first.tokens.count + 168);
  InputCount next = count_prompt(*call, {.model = "grok-4", .calibration = &calibration});
  EXPECT_EQ(next.tokens.count, first.tokens.count + 168);
  EXPECT_EQ(next.estimated.tokens, first.estimated.tokens) << "what is learned is not learned again";
  EXPECT_EQ(next.bound.count, first.bound.count);
}

TEST(CountedInput, OtherDialectsSayTheSame) {
  EXPECT_TRUE(counted("openai_responses", R"({"model":"gpt-4o","input":"Hello, world!"})", "gpt-4o").exact);
  InputCount messages = counted("anthropic_messages", R"({"model":"gpt-4o","max_tokens":10,"system":"Be brief.","messages":[{"role":"user","content":"Hello, world!"}]})", "gpt-4o");
  EXPECT_TRUE(messages.exact);
  EXPECT_EQ(messages.tokens.count, 4 + 3 + 2 * (1 + 3) + 3);
}

// Texts of all lengths, some of several parts, escapes, and a word without a place to cut.
std::string long_body() {
  std::string body = R"({"model":"gpt-4o","messages":[)";
  std::string said;
  for (std::size_t i = 0; i < 3000; ++i) said += R"(It\u0027s 20 \"degrees\" in Łódź, 预算 left.\n)";
  for (std::size_t i = 0; i < 40; ++i)
    body += R"({"role":"user","content":[{"type":"text","text":"part )" + std::to_string(i) + R"( and "},{"type":"text","text":")" + said.substr(0, said.find("It", i * 2000)) + R"("}]},)";
  return body + R"({"role":"user","content":")" + std::string(300'000, 'a') + R"("}],"tools":[{"type":"function","function":{"name":"f","description":")" + said + R"("}}]})";
}

struct LongCount {
  Task<void> run(const CallView& call, PromptReader reader, Wait wait) {
    result = co_await count_long_prompt(call, reader, wait);
  }
  Task<void> others() {
    for (; !result; ++turns) co_await next_turn();
  }
  std::optional<Result<InputCount>> result;
  int turns = 0;
};

TEST(CountedInput, ALongPromptIsCountedWhileOthersGoOn) {
  std::string body = long_body();
  auto call = find_dialect("openai_chat")->view({.operation = Operation::chat, .body = body}).value();
  ASSERT_TRUE(is_long(call));
  auto tokenizer = TokenizerFile::read(tiny_byte_level).value();
  for (const PromptReader& reader : {PromptReader{.model = "gpt-4o"}, PromptReader{.model = "claude-sonnet-4-5"}, PromptReader{.model = "llama", .tokenizer = tokenizer.get()}}) {
    VirtualLoop loop;
    LongCount count;
    loop.spawn(count.run(call, reader, {}));
    loop.spawn(count.others());
    loop.settle();
    ASSERT_TRUE(count.result && count.result->has_value());
    InputCount at_once = count_prompt(call, reader);
    EXPECT_EQ((*count.result)->tokens.count, at_once.tokens.count);
    EXPECT_EQ((*count.result)->bound.count, at_once.bound.count);
    EXPECT_GT(count.turns, 10) << reader.model;
  }
}

TEST(CountedInput, ALongPromptIsNotCountedForSomebodyWhoLeft) {
  std::string body = long_body();
  auto call = find_dialect("openai_chat")->view({.operation = Operation::chat, .body = body}).value();
  VirtualLoop loop;
  LongCount late, left;
  Cancellation gone;
  gone.cancel();
  loop.spawn(late.run(call, {.model = "gpt-4o"}, {loop.now(), nullptr}));
  loop.spawn(left.run(call, {.model = "gpt-4o"}, {Instant::never(), &gone}));
  loop.settle();
  EXPECT_EQ(late.result.value().error().fault, Fault::deadline);
  EXPECT_EQ(left.result.value().error().fault, Fault::cancelled);
}

// What a provider reads beside the body is no more than the model's context, or than the stored answer and all before it had.
TEST(CountedInput, WhatAProviderReadsBesideTheBodyIsInTheBound) {
  auto bound = [](std::string_view more, const PromptReader& reader) {
    std::string body = R"({"model":"gpt-4o","input":"Hi")" + std::string(more) + "}";
    auto call = find_dialect("openai_responses")->view({.operation = Operation::chat, .body = body});
    EXPECT_TRUE(call.has_value()) << more;
    return count_prompt(*call, reader).bound.count;
  };
  const PromptReader known{.model = "gpt-4o", .context = Tokens{128'000}};
  std::int64_t plain = bound("", known);
  EXPECT_LT(plain, 1'000);
  for (std::string_view reads : {R"(,"tools":[{"type":"web_search"}])", R"(,"conversation":"conv_1")", R"(,"previous_response_id":"resp_1")"}) {
    EXPECT_GE(bound(reads, known), plain + 128'000) << reads;
    EXPECT_GE(bound(reads, {.model = "gpt-4o"}), plain + 1'000'000) << "nobody says how long its context is";
  }
  const PromptReader goes_on{.model = "gpt-4o", .context = Tokens{128'000}, .kept = Tokens{700}};
  EXPECT_NEAR(static_cast<double>(bound(R"(,"previous_response_id":"resp_1")", goes_on)), static_cast<double>(plain + 700), 100);
  EXPECT_GE(bound("", {.model = "o3-deep-research", .context = Tokens{200'000}}), 200'000);
}

TEST(CountedInput, AHostMayPutAPromptOfItsOwnBefore) {
  auto call = find_dialect("openai_chat")->view({.operation = Operation::chat, .body = R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})"}).value();
  for (std::string_view model : {"gpt-4o", "claude-sonnet-4-5"}) {
    InputCount own = count_prompt(call, {.model = model}), elsewhere = count_prompt(call, {.model = model, .host_prompt = 1'024});
    EXPECT_GE(elsewhere.bound.count, own.bound.count + 1'000) << model;
    EXPECT_FALSE(elsewhere.exact) << model;
    EXPECT_EQ(elsewhere.tokens, own.tokens) << model;
  }
}

// The provider's report is then of more than was estimated.
TEST(CountedInput, WhatAProviderReadsTeachesNothing) {
  auto teaches = [](std::string_view more) {
    std::string body = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}])" + std::string(more) + "}";
    return counted("anthropic_messages", body, "claude-sonnet-4-5").estimated.tokens > 0;
  };
  EXPECT_TRUE(teaches(""));
  EXPECT_FALSE(teaches(R"(,"mcp_servers":[{"type":"url","url":"https://example.com","name":"x"}])"));
}

TEST(CountedInput, AFileThatIsOnlyNamedMayFillTheContext) {
  auto bound = [](std::string_view dialect, std::string_view content) {
    std::string body = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[)" + std::string(content) + "]}]}";
    auto call = find_dialect(dialect)->view({.operation = Operation::chat, .body = body});
    EXPECT_TRUE(call.has_value()) << content;
    return call ? count_prompt(*call, {.model = "m", .context = Tokens{500'000}}).bound.count : 0;
  };
  EXPECT_GE(bound("openai_chat", R"({"type":"file","file":{"file_id":"file-1"}})"), 500'000);
  EXPECT_LT(bound("openai_chat", R"({"type":"text","text":"the \"file_id\" of it"})"), 10'000);
  EXPECT_GE(bound("anthropic_messages", R"({"type":"document","source":{"type":"url","url":"https://example.com/a.pdf"}})"), 500'000);
  EXPECT_LT(bound("anthropic_messages", R"({"type":"image","source":{"type":"url","url":"https://example.com/a.png"}})"), 100'000);
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

TEST(CountedInput, AHostsOwnPromptIsSetAsideFromTheSecondCallOn) {
  GatewayForTest t;
  for (TargetFacts& facts : t.setup.snapshot->facts) facts.overrun = std::make_shared<Overrun>();
  t.setup.limit({budget("team", usd(1))});
  std::string_view long_input = R"({"prompt_tokens":2000,"completion_tokens":5})";
  t.provider.answers({t.plain("Hi", long_input), t.plain("Hi", long_input), t.plain("Hi", long_input)});
  for (int i = 0; i < 3; ++i) t.ask();
  const Money of_input{2000 * 1000};
  EXPECT_LT(t.ledger.reserved.at(0), of_input);
  EXPECT_GE(t.ledger.reserved.at(1), of_input);
  EXPECT_EQ(t.ledger.reserved.at(2), t.ledger.reserved.at(1));
}

TEST(Overrun, IsTheLargestAndBounded) {
  Overrun overrun;
  overrun.saw(0, 100);
  overrun.saw(100, 50);
  overrun.saw(0, 20);
  EXPECT_EQ(overrun.most(), 150);
  overrun.saw(150, 1'000'000);
  EXPECT_EQ(overrun.most(), Overrun::tokens_max);
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
