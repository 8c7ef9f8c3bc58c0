// Calls whose callers set no maximum, under a budget: they get one that it can pay, or their streams take more of it as they grow, and
// end where it ends.

#include <gtest/gtest.h>

#include "dialects/all.h"
#include "gateway/gateway_for_test.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

struct Front {
  std::string_view dialect, endpoint, body, maximum, ends;
};
constexpr Front fronts[] = {
    {"openai_chat", "/v1/chat/completions", R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]})", "\"max_completion_tokens\":", "\"finish_reason\":\"length\""},
    {"openai_responses", "/v1/responses", R"({"model":"m","stream":true,"input":"hi"})", "\"max_output_tokens\":", "event: response.incomplete"},
    {"gemini", "/v1beta/models/m:streamGenerateContent", R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})", "\"generationConfig\":{\"maxOutputTokens\":", "\"finishReason\":\"MAX_TOKENS\""},
    {"ollama", "/api/chat", R"({"model":"m","messages":[{"role":"user","content":"hi"}]})", "\"options\":{\"num_predict\":", "\"done_reason\":\"length\""},
};

struct OpenEnded : GatewayForTest {
  OpenEnded() {
    setup.asked->fallback.clear();
    for (Target* target : setup.targets) target->health = book.target(target->provider, target->model);
  }
  void budget_of(Money amount, bool clamps) {
    LimitSpec spec = budget("team", amount);
    spec.clamp = clamps;
    setup.limit({spec});
  }
  // The provider speaks the caller's language, so that bytes pass.
  void same_language(const Front& front) {
    for (auto& facts : setup.snapshot->facts) facts.spoken = {find_dialect(front.dialect)};
  }
  CallForTest& from(const Front& front) {
    CallForTest& call = prepare();
    call.door = {.dialect = find_dialect(front.dialect), .endpoint = front.endpoint, .framing = find_dialect(front.dialect)->framing()};
    if (front.dialect == "gemini") {
      call.door.path_model = "m";
      call.door.path_stream = true;
    }
    call.incoming.text = front.body;
    begin(call);
    loop.pass(60s);
    return call;
  }
  // Answers of five tokens, until their usual length is known.
  void teach() {
    for (int i = 0; i < 25; ++i) {
      provider.answers({plain()});
      CallForTest& call = prepare();
      call.incoming.text = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
      begin(call);
      loop.pass(1s);
    }
    provider.calls.clear();
    ledger.rows.clear();
    ledger.attempts.clear();
  }
  static Script long_stream(int pieces) {
    std::vector<std::string> all{role_event()};
    for (int i = 0; i < pieces; ++i) all.push_back(content_event("forty bytes of a text that does not end."));
    all.push_back(finish_event());
    all.push_back(done_event());
    Script script = streamed(std::move(all));
    script.between = 10ms;
    return script;
  }
  const RequestRow& row() { return ledger.rows.at(0); }

  HealthBook book;
};

std::int64_t number_behind(std::string_view text, std::string_view words) {
  auto at = text.find(words);
  return at == std::string_view::npos ? -1 : std::stoll(std::string(text.substr(at + words.size(), 9)));
}

TEST(Clamp, AnAnswerThatNobodyBoundsGetsTheMaximumThatTheBudgetCanPay) {
  for (const Front& front : fronts) {
    OpenEnded t;
    t.same_language(front);
    t.budget_of(Money{1'000'000}, true);
    t.provider.scripts.push_back({.is_silent = true});
    t.from(front);
    ASSERT_GE(t.provider.calls.size(), 1U) << front.dialect;
    std::int64_t most = number_behind(t.provider.calls[0].body, front.maximum);
    EXPECT_GE(most, 100) << front.dialect << t.provider.calls[0].body;
    EXPECT_LT(most, 500) << front.dialect;
    EXPECT_LE(t.ledger.reserved.at(0), Money{1'000'000});
    EXPECT_GT(t.ledger.reserved.at(0), Money{990'000});
  }
}

TEST(Clamp, OnlyWhereTheBudgetIsTooSmall) {
  OpenEnded t;
  t.budget_of(usd(1), true);
  t.provider.answers({t.plain()});
  t.from(fronts[0]);
  EXPECT_EQ(t.provider.calls.at(0).body.find("max_completion_tokens"), std::string::npos);
}

TEST(Clamp, ACallersOwnMaximumStays) {
  OpenEnded t;
  t.budget_of(Money{190'000}, true);
  auto& call = t.ask();  // asks for 100 tokens, which cost 200,000
  EXPECT_EQ(call.error.value().fault, Fault::budget_exceeded);
}

TEST(Clamp, NothingLeftIsStillARefusal) {
  OpenEnded t;
  t.budget_of(Money{20'000}, true);
  auto& call = t.from(fronts[0]);
  EXPECT_EQ(call.error.value().fault, Fault::budget_exceeded);
  EXPECT_TRUE(t.provider.calls.empty());
}

TEST(Clamp, TokensAreABudgetToo) {
  OpenEnded t;
  LimitSpec spec = limit_of(Measure::output_tokens, "out", 40);
  spec.clamp = true;
  t.setup.limit({spec});
  t.provider.answers({t.plain()});
  t.from(fronts[0]);
  EXPECT_EQ(number_behind(t.provider.calls.at(0).body, "\"max_completion_tokens\":"), 40);
}

TEST(Extend, AStreamTakesWhatAnswersUsuallyHaveAndMoreAsItGrows) {
  OpenEnded t;
  t.budget_of(usd(1), false);
  t.teach();
  t.provider.answers({t.long_stream(100)});
  t.ledger.reserved.clear();
  CallForTest& call = t.from(fronts[0]);
  EXPECT_LT(t.ledger.reserved.at(0), Money{1000 * 2000});  // the model's own maximum
  EXPECT_NE(call.text().find("\"finish_reason\":\"stop\""), std::string::npos);
  EXPECT_EQ(t.row().status, RowStatus::ok);
  EXPECT_EQ(t.limit().reserved, Money{});
}

TEST(Extend, AStreamEndsAsOneThatReachedItsLengthWhereTheBudgetEnds) {
  for (bool passes : {false, true})
    for (const Front& front : fronts) {
      if (passes && front.dialect != "openai_chat") continue;  // the scripted stream is OpenAI's
      OpenEnded t;
      t.budget_of(usd(1), false);
      t.teach();
      t.budget_of(Money{2'000'000}, false);  // a quarter of it is used
      t.provider.answers({t.long_stream(500)});
      CallForTest& call = t.from(front);
      std::string text = call.text();
      EXPECT_FALSE(call.ended_with) << front.dialect;
      EXPECT_NE(text.find("forty bytes"), std::string::npos) << front.dialect;
      EXPECT_NE(text.find(front.ends), std::string::npos) << front.dialect << text.substr(text.size() - std::min<std::size_t>(600, text.size()));
      ASSERT_EQ(t.ledger.rows.size(), 1U);
      EXPECT_EQ(t.row().status, RowStatus::incomplete);
      EXPECT_EQ(t.row().error_code, "budget_exceeded");
      EXPECT_GT(t.row().cost, Money{400'000});
      EXPECT_EQ(t.row().cost, t.ledger.attempts.at(0).cost);
      EXPECT_LE(t.limit().used, Money{2'000'000});
      EXPECT_EQ(t.limit().reserved, Money{});
      EXPECT_EQ(t.provider.answers_open, 0);
      EXPECT_TRUE(call.over);
    }
}

TEST(Extend, AModelThatThinksIsPaidForToItsMaximum) {
  OpenEnded t;
  t.budget_of(usd(1), false);
  t.teach();
  t.book.target("first", "their-first")->thinks = true;
  t.provider.answers({t.long_stream(2)});
  t.ledger.reserved.clear();
  t.from(fronts[0]);
  EXPECT_GE(t.ledger.reserved.at(0), Money{1000 * 2000});
}

TEST(Limits, TheMostSpecificOfThoseThatRefuseTellsWhy) {
  GatewayForTest t;
  LimitSpec all = budget("all", Money{1}), team = budget("team", Money{1});
  team.match = {{.attribute = {Attribute::team, ""}, .values = {"search"}}};
  t.setup.limit({all, team});
  auto& call = t.ask();
  EXPECT_NE(call.error.value().detail.find("limit team"), std::string::npos) << call.error->detail;
}

}  // namespace
}  // namespace tollgate
