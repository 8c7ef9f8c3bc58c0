// Calls that ask more than one target on purpose: hedged ones, cascades, and streams that are gone on with elsewhere.

#include <gtest/gtest.h>

#include "dialects/all.h"
#include "gateway/gateway_for_test.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

// One route `m` with targets first and second, no fallback.
struct TwoAnswers : GatewayForTest {
  HealthBook book;

  TwoAnswers() {
    setup.asked->fallback.clear();
    setup.asked->breaker = BreakerConfig{};
    setup.asked->health = book.route("m");
    for (Target* target : setup.targets) target->health = book.target(target->provider, target->model);
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> names;
    for (auto& call : provider.calls) names.push_back(call.provider);
    return names;
  }
  void speaks(std::size_t target, const Dialect& dialect) { setup.snapshot->facts[target].spoken = {&dialect}; }
  RequestRow& row() { return ledger.rows.back(); }
  AttemptRow& attempt(std::size_t i) { return ledger.attempts.at(i); }

  static Script slow(Duration before, Script script) {
    script.between = before;
    return script;
  }
};

struct Hedged : TwoAnswers {
  Hedged() { setup.asked->hedge = HedgeConfig{.after = 1s, .budget = percent(100)}; }
};

TEST(Hedge, AQuickAnswerIsAskedForOnce) {
  Hedged t;
  t.provider.answers({t.plain("quick")});
  EXPECT_FALSE(t.ask().error);
  EXPECT_EQ(t.asked(), (std::vector<std::string>{"first"}));
  EXPECT_EQ(t.ledger.attempts.size(), 1U);
}

TEST(Hedge, TheSecondAnswersWhereTheFirstIsSlow) {
  Hedged t;
  t.provider.answers({t.slow(30s, t.plain("slow")), t.plain("quick")});
  CallForTest& call = t.ask();
  ASSERT_FALSE(call.error);
  EXPECT_NE(call.text().find("quick"), std::string::npos);
  EXPECT_EQ(t.asked(), (std::vector<std::string>{"first", "second"}));
  ASSERT_EQ(t.ledger.attempts.size(), 2U);
  EXPECT_EQ(t.attempt(0).error_class, "cancelled");
  EXPECT_EQ(t.attempt(0).usage_source, UsageSource::estimated);
  EXPECT_GT(t.attempt(0).cost, Money{});
  EXPECT_EQ(t.attempt(1).phase, AttemptPhase::done);
  EXPECT_EQ(t.row().provider, "second");
  EXPECT_EQ(t.row().cost, t.attempt(1).cost);
  EXPECT_EQ(t.row().attempts, 2);
  EXPECT_EQ(t.provider.answers_open, 0);
}

TEST(Hedge, TheFirstMayStillWin) {
  Hedged t;
  t.provider.answers({t.slow(2s, t.plain("first")), t.slow(30s, t.plain("second"))});
  CallForTest& call = t.ask();
  EXPECT_NE(call.text().find("first"), std::string::npos);
  EXPECT_EQ(t.row().provider, "first");
  ASSERT_EQ(t.ledger.attempts.size(), 2U);
  EXPECT_EQ(t.attempt(1).error_class, "cancelled");
}

TEST(Hedge, AStreamsHeadTellsWhoAnswers) {
  Hedged t;
  Script first = t.streamed({role_event(), content_event("first"), finish_event(), usage_event(), done_event()});
  first.between = 1s;
  t.provider.answers({first, t.slow(30s, t.streamed({role_event()}))});
  CallForTest& call = t.stream();
  EXPECT_NE(call.text().find("first"), std::string::npos);
  EXPECT_EQ(call.told_provider, "first");
}

TEST(Hedge, ASecondThatCannotDoItLeavesTheRestOfThePlan) {
  Hedged t;
  Script late = t.refusal(500);
  late.between = 2s;
  t.setup.asked->fallback = {t.setup.spare};
  t.provider.answers({late, t.refusal(404), t.plain("spare")});
  EXPECT_FALSE(t.ask().error);
}

TEST(Hedge, StreamsRaceToTheirFirstContent) {
  Hedged t;
  auto whole = [&](std::string_view text) { return t.streamed({role_event(), content_event(text), finish_event(), usage_event(), done_event()}); };
  Script late = whole("late");
  late.between = 3s;
  t.provider.answers({late, whole("soon")});
  CallForTest& call = t.stream();
  EXPECT_NE(call.text().find("soon"), std::string::npos);
  EXPECT_EQ(call.text().find("late"), std::string::npos);
  EXPECT_EQ(t.row().status, RowStatus::ok);
  EXPECT_EQ(t.row().cost, t.attempt(1).cost);
}

TEST(Hedge, WhenBothFailTheNextIsAsked) {
  Hedged t;
  Script late = t.refusal(500);
  late.between = 2s;
  t.setup.asked->fallback = {t.setup.spare};
  t.provider.answers({late, t.refusal(503), t.plain("spare")});
  CallForTest& call = t.ask();
  EXPECT_FALSE(call.error);
  EXPECT_EQ(t.asked(), (std::vector<std::string>{"first", "second", "spare"}));
  EXPECT_EQ(t.ledger.attempts.size(), 3U);
}

TEST(Hedge, AFailureOfTheSecondLeavesTheFirst) {
  Hedged t;
  t.provider.answers({t.slow(3s, t.plain("first")), t.refusal(500)});
  CallForTest& call = t.ask();
  EXPECT_NE(call.text().find("first"), std::string::npos);
  EXPECT_EQ(t.row().status, RowStatus::ok);
}

TEST(Hedge, TheBudgetBoundsSecondTries) {
  Hedged t;
  t.setup.asked->hedge->budget = percent(5);
  for (int i = 0; i < 10; ++i) t.provider.scripts.push_back(t.slow(2s, t.plain()));
  for (int i = 0; i < 4; ++i) t.begin(t.prepare());
  t.loop.pass(20s);
  EXPECT_EQ(t.provider.calls.size(), 5U);  // one in ten seconds is always allowed
}

TEST(Hedge, ACallerWhoLeavesEndsBoth) {
  Hedged t;
  t.provider.answers({t.slow(30s, t.plain()), t.slow(30s, t.plain())});
  CallForTest& call = t.prepare();
  t.begin(call);
  t.loop.pass(5s);
  call.incoming.left.cancel();
  t.loop.pass(1s);
  EXPECT_EQ(t.provider.answers_open, 0);
  EXPECT_EQ(t.row().status, RowStatus::aborted);
  EXPECT_EQ(t.ledger.attempts.size(), 2U);
}

TEST(Hedge, WithoutAFixedTimeItWaitsForWhatIsUsual) {
  Hedged t;
  t.setup.asked->hedge->after.reset();
  for (int i = 0; i < 30; ++i) t.provider.scripts.push_back(t.slow(100ms, t.plain()));
  for (int i = 0; i < 30; ++i) t.ask();
  t.provider.calls.clear();
  t.provider.answers({t.slow(10s, t.plain("slow")), t.plain("quick")});
  CallForTest& call = t.ask();
  EXPECT_NE(call.text().find("quick"), std::string::npos);
  EXPECT_EQ(t.provider.calls.size(), 2U);
}

TEST(Hedge, TheCallerIsNeverAboveTheLimitForIt) {
  Hedged t;
  t.setup.limit({budget("b", cents(100))});
  t.provider.answers({t.slow(30s, t.plain()), t.plain()});
  t.ask();
  EXPECT_EQ(t.limit().used.units, t.row().cost.nano_usd);
}

TEST(Adaptive, AKeyThatHasNothingLeftIsNotAskedUntilItHas) {
  TwoAnswers t;
  for (Target* target : t.setup.targets) {
    target->adaptive = true;
    for (ProviderKey& key : target->keys) key.for_model = t.book.key(target->provider, target->model, key.name);
  }
  Script last = t.plain();
  last.headers = {{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "30s"}, {"retry-after", "1"}};
  t.provider.answers({last, t.plain(), t.plain()});
  t.begin(t.prepare());
  t.begin(t.prepare());
  t.loop.pass(31s);
  t.begin(t.prepare());
  EXPECT_EQ(t.asked(), (std::vector<std::string>{"first", "second", "first"}));
}

struct Cascading : TwoAnswers {
  Cascading() { setup.asked->cascade = CascadeConfig{}; }
};

TEST(Cascade, AGoodAnswerIsTheAnswer) {
  Cascading t;
  t.provider.answers({t.plain("Paris")});
  EXPECT_NE(t.ask().text().find("Paris"), std::string::npos);
  EXPECT_EQ(t.provider.calls.size(), 1U);
}

TEST(Cascade, AnAnswerThatWillNotDoIsAskedForElsewhereAndBothArePaid) {
  for (std::string_view bad : {"", "I don't know.", "Sorry, but I cannot answer that."}) {
    Cascading t;
    t.provider.answers({t.plain(bad), t.plain("Paris")});
    EXPECT_NE(t.ask().text().find("Paris"), std::string::npos);
    ASSERT_EQ(t.ledger.attempts.size(), 2U) << bad;
    EXPECT_EQ(t.row().cost, t.attempt(0).cost + t.attempt(1).cost);
    EXPECT_EQ(t.row().usage.input.count, 20);
    EXPECT_EQ(t.attempt(0).error_class, bad.empty() ? "empty" : "declined");
  }
}

TEST(Cascade, TextThatShouldBeJsonIsJudged) {
  Cascading t;
  t.provider.answers({t.plain("not json"), t.plain("{}")});
  t.ask(R"(,"response_format":{"type":"json_object"})");
  EXPECT_EQ(t.attempt(0).error_class, "bad_json");
}

TEST(Cascade, TheCheapAnswerIsBetterThanNone) {
  Cascading t;
  t.provider.answers({t.plain("I don't know."), t.refusal(500)});
  CallForTest& call = t.ask();
  ASSERT_FALSE(call.error);
  EXPECT_NE(call.text().find("I don't know."), std::string::npos);
  EXPECT_EQ(t.row().provider, "first");
  EXPECT_EQ(t.row().cost, t.attempt(0).cost);
  EXPECT_EQ(t.row().status, RowStatus::ok);
}

Script whole_stream(std::string_view text) {
  return GatewayForTest::streamed({role_event(), content_event(text), finish_event(), usage_event(), done_event()});
}

TEST(Cascade, AStreamIsHeldUntilItIsJudged) {
  Cascading t;
  t.provider.answers({whole_stream("I don't know."), whole_stream("Paris")});
  CallForTest& call = t.stream();
  EXPECT_EQ(call.text().find("know"), std::string::npos);
  EXPECT_NE(call.text().find("Paris"), std::string::npos);
  EXPECT_EQ(t.row().cost, t.attempt(0).cost + t.attempt(1).cost);
}

TEST(Cascade, AHeldStreamComesAfterAllWhenNobodyDoesBetter) {
  Cascading t;
  t.provider.answers({whole_stream("I don't know."), t.refusal(500)});
  CallForTest& call = t.stream();
  EXPECT_NE(call.text().find("know"), std::string::npos);
  EXPECT_NE(call.text().find("[DONE]"), std::string::npos);
  EXPECT_EQ(t.row().status, RowStatus::ok);
  EXPECT_EQ(t.row().cost, t.attempt(0).cost);
}

TEST(Cascade, AHeldStreamThatBreaksFallsBack) {
  Cascading t;
  Script cut = t.streamed({role_event(), content_event("Par")});
  t.provider.answers({cut, whole_stream("Paris")});
  CallForTest& call = t.stream();
  EXPECT_NE(call.text().find("Paris"), std::string::npos);
  EXPECT_EQ(t.row().status, RowStatus::ok);
  EXPECT_EQ(t.row().cost, t.attempt(1).cost);
}

struct Continued : TwoAnswers {
  Continued() {
    setup.asked->goes_on = true;
    speaks(1, *find_dialect("anthropic_messages"));
  }
  static std::string claude(std::string_view type, std::string_view data) {
    return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"" + std::string(data) + "}\n\n";
  }
  static Script rest(std::string_view text) {
    return streamed({claude("message_start", R"(,"message":{"id":"m1","type":"message","role":"assistant","model":"c","content":[],"usage":{"input_tokens":12,"output_tokens":1}})"),
                     claude("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})"),
                     claude("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":")" + std::string(text) + "\"}"),
                     claude("content_block_stop", R"(,"index":0)"),
                     claude("message_delta", R"(,"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3})"), claude("message_stop", "")});
  }
};

TEST(Continue, AStreamThatBreaksIsGoneOnWith) {
  Continued t;
  t.provider.answers({t.streamed({role_event(), content_event("Once upon")}), t.rest(" a time")});
  CallForTest& call = t.stream();
  EXPECT_FALSE(call.ended_with);
  std::string text = call.text();
  EXPECT_NE(text.find("Once upon"), std::string::npos);
  EXPECT_NE(text.find(" a time"), std::string::npos);
  EXPECT_NE(text.find(": continued by second"), std::string::npos);
  EXPECT_NE(text.find("[DONE]"), std::string::npos);
  EXPECT_EQ(text.find("error"), std::string::npos);
  ASSERT_EQ(t.provider.calls.size(), 2U);
  EXPECT_NE(t.provider.calls[1].body.find("Once upon"), std::string::npos);
  ASSERT_EQ(t.ledger.attempts.size(), 2U);
  EXPECT_EQ(t.attempt(0).error_class, "upstream_truncated");
  EXPECT_EQ(t.attempt(0).phase, AttemptPhase::stream);
  EXPECT_EQ(t.attempt(1).phase, AttemptPhase::done);
  EXPECT_EQ(t.row().cost, t.attempt(0).cost + t.attempt(1).cost);
  EXPECT_EQ(t.row().status, RowStatus::ok);
  EXPECT_EQ(t.row().attempts, 2);
}

std::size_t times(std::string_view words, std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) ++count;
  return count;
}

TEST(Continue, EveryFrontDialectSeesOneAnswer) {
  struct Front {
    std::string_view dialect, endpoint, body, begins, ends;
  };
  constexpr Front fronts[] = {
      {"anthropic_messages", "/v1/messages", R"({"model":"m","max_tokens":50,"stream":true,"messages":[{"role":"user","content":"hi"}]})", "event: content_block_start", "event: message_stop"},
      {"openai_responses", "/v1/responses", R"({"model":"m","stream":true,"max_output_tokens":50,"input":"hi"})", "event: response.output_item.added", "event: response.completed"},
      {"gemini", "/v1beta/models/m:streamGenerateContent", R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"maxOutputTokens":50}})", "", "\"finishReason\":\"STOP\""},
  };
  for (const Front& front : fronts) {
    Continued t;
    t.provider.answers({t.streamed({role_event(), content_event("Once upon")}), t.rest(" a time")});
    CallForTest& call = t.prepare();
    call.door = {.dialect = find_dialect(front.dialect), .endpoint = front.endpoint};
    if (front.dialect == "gemini") {
      call.door.path_model = "m";
      call.door.path_stream = true;
    }
    call.incoming.text = front.body;
    t.begin(call);
    t.loop.pass(30s);
    std::string text = call.text();
    EXPECT_FALSE(call.error) << front.dialect;
    EXPECT_NE(text.find("Once upon"), std::string::npos) << front.dialect;
    EXPECT_NE(text.find(" a time"), std::string::npos) << front.dialect;
    EXPECT_EQ(times(front.ends, text), 1U) << text;
    if (!front.begins.empty()) {
      EXPECT_EQ(times(front.begins, text), 1U) << text;
    }
    EXPECT_EQ(t.row().status, RowStatus::ok) << front.dialect;
    EXPECT_EQ(t.row().cost, t.attempt(0).cost + t.attempt(1).cost) << front.dialect;
  }
}

TEST(Continue, BlanksAtTheBreakComeOnce) {
  Continued t;
  t.provider.answers({t.streamed({role_event(), content_event("Once upon ")}), t.rest(" a time")});
  std::string text = t.stream().text();
  EXPECT_NE(text.find("\"Once upon \""), std::string::npos);
  EXPECT_NE(text.find("\"a time\""), std::string::npos);
}

TEST(Continue, WhereNobodyCanTheErrorIsTold) {
  Continued t;
  t.speaks(1, openai_chat::dialect());
  t.provider.answers({t.streamed({role_event(), content_event("Once upon")})});
  CallForTest& call = t.stream();
  EXPECT_NE(call.text().find("error"), std::string::npos);
  EXPECT_EQ(call.text().find("[DONE]"), std::string::npos);
  EXPECT_EQ(t.row().status, RowStatus::incomplete);
  EXPECT_EQ(t.ledger.attempts.size(), 1U);
}

TEST(Continue, WhereTheOtherFailsTooTheErrorIsTold) {
  Continued t;
  t.provider.answers({t.streamed({role_event(), content_event("Once upon")}), t.refusal(500)});
  CallForTest& call = t.stream();
  EXPECT_EQ(call.text().find("[DONE]"), std::string::npos);
  EXPECT_EQ(t.row().status, RowStatus::incomplete);
  ASSERT_EQ(t.ledger.attempts.size(), 2U);
  EXPECT_EQ(t.row().cost, t.attempt(0).cost);
}

TEST(Continue, ACallOfAToolIsNeverGoneOnWith) {
  Continued t;
  t.provider.answers({t.streamed(
      {role_event(), event(R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a"}}]}}]})")})});
  t.stream();
  EXPECT_EQ(t.provider.calls.size(), 1U);
  EXPECT_EQ(t.row().status, RowStatus::incomplete);
}

}  // namespace
}  // namespace tollgate
