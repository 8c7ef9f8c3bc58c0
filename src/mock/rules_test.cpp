// Which rule a call meets, and answers that a rule words anew.

#include "mock/provider_for_test.h"

namespace tollgate::mock {
namespace {

using std::chrono::hours;

TEST(Rules, TheFirstThatFitsDecides) {
  ProviderForTest mock(R"({"rules":[{"model":"gpt-4o-*","status":500},{"stream":true,"status":501},
      {"header":{"x-want":"te*"},"status":502},{"says":"please","status":503},{"model":"gpt-4o","text":"last"}]})");
  EXPECT_EQ(mock.ask(chat("Hello", "", "gpt-4o-mini")).status, 500);
  EXPECT_EQ(mock.ask(streamed_chat("Hello")).status, 501);
  EXPECT_EQ(mock.ask(post("/v1/chat/completions", R"({"model":"m","messages":[{"role":"user","content":"x"}]})",
                          "x-want: teapot\r\n"))
                .status,
            502);
  EXPECT_EQ(mock.ask(chat("yes please")).status, 503);
  EXPECT_EQ(text_at(mock.ask(chat("Hello")).body, "/choices/0/message/content"), "last");
}

TEST(Rules, ActOnlySoManyTimes) {
  ProviderForTest mock(R"({"rules":[{"times":2,"status":503},{"times":1,"status":500}]})");
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(mock.ask(chat("Hello")).status);
  EXPECT_EQ(statuses, (std::vector<int>{503, 503, 500, 200}));
}

TEST(Rules, ActOnEachNthCall) {
  ProviderForTest mock(R"({"rules":[{"every":3,"status":503}]})");
  std::vector<int> statuses;
  for (int i = 0; i < 6; ++i) statuses.push_back(mock.ask(chat("Hello")).status);
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 503, 200, 200, 503}));
}

std::string lots(std::string_view script) {
  ProviderForTest mock(script);
  std::string out;
  for (int i = 0; i < 64; ++i) out += mock.ask(chat("Hello")).status == 200 ? '.' : 'x';
  return out;
}

TEST(Rules, ChanceFollowsTheSeed) {
  std::string first = lots(R"({"seed":7,"rules":[{"chance":50,"status":503}]})");
  EXPECT_EQ(first, lots(R"({"seed":7,"rules":[{"chance":50,"status":503}]})"));
  EXPECT_NE(first, lots(R"({"seed":8,"rules":[{"chance":50,"status":503}]})"));
  EXPECT_NE(first.find('x'), std::string::npos);
  EXPECT_NE(first.find('.'), std::string::npos);
}

TEST(Rules, AnswerWithAStatusHeadersAndBody) {
  ProviderForTest mock(
      R"({"rules":[{"times":1,"status":429,"headers":{"retry-after":"3"},"body":{"error":{"code":"c"}}},
                                    {"times":1,"status":529},
                                    {"body":"text","headers":{"content-type":"text/plain"}}]})");
  Answer limited = mock.ask(chat("Hello"));
  EXPECT_EQ(limited.status, 429);
  EXPECT_NE(limited.head.find("retry-after: 3\r\n"), std::string::npos);
  EXPECT_EQ(limited.body, R"({"error":{"code":"c"}})");
  EXPECT_EQ(text_at(mock.ask(chat("Hello")).body, "/error/type"), "server_error");
  Answer text = mock.ask(streamed_chat("Hello"));
  EXPECT_EQ(text.body, "text");
  EXPECT_NE(text.head.find("content-type: text/plain\r\n"), std::string::npos);
  EXPECT_EQ(text.head.find("application/json"), std::string::npos);
  EXPECT_EQ(mock.provider.bill().total().requests, 0);
  EXPECT_EQ(mock.provider.bill().unbilled(), 3);
}

TEST(Rules, AnswerWithAPage) {
  ProviderForTest mock(R"({"rules":[{"times":1,"html":true},{"html":true,"status":502}]})");
  Answer page = mock.ask(chat("Hello"));
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.body.starts_with("<!DOCTYPE html>"));
  EXPECT_NE(page.head.find("text/html"), std::string::npos);
  EXPECT_EQ(mock.ask(chat("Hello")).status, 502);
}

TEST(Rules, AStatusWithoutBodyHasNone) {
  ProviderForTest mock(R"({"rules":[{"status":204}]})");
  Answer answer = mock.ask(chat("Hello"));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.head.find("content-length"), std::string::npos);
  EXPECT_EQ(answer.body, "");
}

TEST(Rules, CachedAndReasoningTokensAreReportedAndBilled) {
  ProviderForTest mock(R"({"rules":[{"cached_tokens":5,"reasoning_tokens":7}]})");
  std::string body = mock.ask(chat("Hello")).body;
  EXPECT_EQ(number_at(body, "/usage/prompt_tokens_details/cached_tokens"), 5);
  EXPECT_EQ(number_at(body, "/usage/completion_tokens_details/reasoning_tokens"), 7);
  EXPECT_EQ(number_at(body, "/usage/completion_tokens"), 11);
  EXPECT_EQ(mock.provider.bill().total().cached, 5);
  EXPECT_EQ(mock.provider.bill().total().reasoning, 7);
}

TEST(Rules, ReasoningEatsTheBudgetFirst) {
  ProviderForTest mock(R"({"rules":[{"reasoning_tokens":7}]})");
  std::string body = mock.ask(chat("Hello", R"(,"max_tokens":5)")).body;
  EXPECT_EQ(text_at(body, "/choices/0/message/content"), "");
  EXPECT_EQ(text_at(body, "/choices/0/finish_reason"), "length");
  EXPECT_EQ(number_at(body, "/usage/completion_tokens"), 5);
}

TEST(Rules, UsageIsLeftOutOrReplaced) {
  ProviderForTest mock(
      R"({"rules":[{"times":2,"no_usage":true},{"times":1,"usage":{"prompt_tokens":100,"completion_tokens":50}},
                                    {"usage":"nonsense"}]})");
  EXPECT_EQ(mock.ask(chat("Hello")).body.find("usage"), std::string::npos);
  EXPECT_EQ(mock.ask(streamed_chat("Hello", R"(,"stream_options":{"include_usage":true})")).body.find("usage"),
            std::string::npos);
  std::int64_t input = mock.provider.bill().total().input;
  EXPECT_EQ(number_at(mock.ask(chat("Hello")).body, "/usage/prompt_tokens"), 100);
  EXPECT_EQ(mock.provider.bill().total().input, input + 100);  // what the wire says is charged
  EXPECT_EQ(text_at(mock.ask(chat("Hello")).body, "/usage"), "nonsense");
  EXPECT_LT(mock.provider.bill().total().input, input + 200);  // where it makes sense
}

TEST(Rules, ChunksSayHowManyPiecesCome) {
  ProviderForTest mock(R"({"rules":[{"chunks":100}]})");
  Answer answer = mock.ask(streamed_chat("Hello", R"(,"stream_options":{"include_usage":true})"));
  EXPECT_EQ(answer.events().size(), 1u + 100 + 1 + 1 + 1);
  EXPECT_EQ(content_of(answer).size(), 400u);
}

TEST(Rules, TokensSayHowLongTheAnswerIs) {
  ProviderForTest mock(R"({"rules":[{"tokens":1000,"text":"é"}]})");
  std::string body = mock.ask(chat("Hello")).body;
  EXPECT_EQ(number_at(body, "/usage/completion_tokens"), 1000);
  EXPECT_EQ(text_at(body, "/choices/0/message/content").size(), 4000u);
}

TEST(Rules, DelayComesBeforeTheHead) {
  ProviderForTest mock(R"({"rules":[{"delay_ms":700}]})");
  Instant start = mock.time.at;
  EXPECT_EQ(mock.ask(chat("Hello")).head_at, start + milliseconds(700));
}

TEST(Rules, AStreamKeepsItsPace) {
  ProviderForTest mock(R"({"rules":[{"first_token_ms":500,"chunk_ms":20,"chunks":4}]})");
  Instant start = mock.time.at;
  Answer answer = mock.ask(streamed_chat("Hello"));
  EXPECT_EQ(answer.head_at, start);
  ASSERT_EQ(answer.pieces.size(), 4u);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(answer.pieces[static_cast<std::size_t>(i)].first, start + milliseconds(500 + 20 * i));
}

TEST(Rules, JitterStaysWithinItsBoundAndFollowsTheSeed) {
  auto took = [](std::string_view script) {
    ProviderForTest mock(script);
    Instant start = mock.time.at;
    return mock.ask(streamed_chat("Hello")).ended_at - start;
  };
  Duration time = took(R"({"rules":[{"chunk_ms":10,"jitter_ms":10,"chunks":101}]})");
  EXPECT_GT(time, milliseconds(1000));
  EXPECT_LT(time, milliseconds(2100));  // a tick of the clock for each
  EXPECT_EQ(time, took(R"({"rules":[{"chunk_ms":10,"jitter_ms":10,"chunks":101}]})"));
}

TEST(Rules, SlowDripGivesByteAfterByte) {
  ProviderForTest mock(R"({"rules":[{"slow_drip":{"every_ms":10,"bytes":2},"body":"0123456789"}]})");
  Instant start = mock.time.at;
  Answer answer = mock.ask(chat("Hello"));
  EXPECT_EQ(answer.body, "0123456789");
  EXPECT_EQ(answer.ended_at - start, milliseconds(10 * ((static_cast<long>(answer.raw.size()) + 1) / 2 - 1)));
}

TEST(Rules, CloseSaysSoAndHangUpDoesNot) {
  ProviderForTest mock(R"({"rules":[{"times":1,"close":true},{"times":1,"hang_up":true}]})");
  EXPECT_FALSE(mock.ask(chat("Hello")).keep_alive);
  EXPECT_TRUE(mock.ask(chat("Hello")).keep_alive);
}

TEST(Rules, APathRuleReachesTheListOfModels) {
  ProviderForTest mock(R"({"rules":[{"path":"/v1/models","status":500},{"path":"/v1/embeddings","status":501}]})");
  EXPECT_EQ(mock.ask(get("/v1/models")).status, 500);
  EXPECT_EQ(mock.ask(chat("Hello")).status, 200);
  EXPECT_EQ(mock.ask(post("/v1/embeddings", R"({"model":"m","input":"a"})")).status, 501);
}

}  // namespace
}  // namespace tollgate::mock
