// Calls under a budget: what is set aside, what is returned, and what is refused.

#include "gateway/pipeline.h"

#include <gtest/gtest.h>

#include <tuple>

#include "dialects/all.h"
#include "gateway/gateway_for_test.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

constexpr Money usual_cost{10 * 1000 + 5 * 2000};  // ten tokens in, five out, at the prices of `cheap`
const LimitSpec generous = budget("team", usd(1));

TEST(Pipeline, SettlesWhatWasUsedAndReturnsTheRest) {
  GatewayForTest t;
  t.setup.limit({generous});
  t.provider.answers({t.plain()});
  auto& call = t.prepare();
  t.provider.scripts[0].between = 5s;
  t.begin(call);
  EXPECT_GT(t.limit().reserved, Money{100 * 2000});
  EXPECT_EQ(t.ledger.reserved.at(0), t.limit().reserved);
  t.loop.pass(10s);
  EXPECT_EQ(t.limit().used, usual_cost);
  EXPECT_EQ(t.limit().reserved, Money{});
}

TEST(Pipeline, RefusesWhatTheBudgetMayNotHold) {
  GatewayForTest t;
  t.setup.limit({budget("team", Money{100 * 2000})});  // the longest answer alone
  t.provider.answers({t.plain()});
  auto& call = t.ask();
  EXPECT_EQ(call.error.value().fault, Fault::budget_exceeded);
  EXPECT_TRUE(call.error->retry_after.has_value());
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::refused);
  EXPECT_EQ(t.ledger.rows.at(0).http_status, 429);
  EXPECT_EQ(t.reader.limits, std::vector<std::string>{"team"});
  EXPECT_TRUE(t.provider.calls.empty());
}

TEST(Pipeline, RefusesADearerFallbackThatTheBudgetMayNotHold) {
  GatewayForTest t;
  t.setup.limit({budget("team", Money{1'000'000})});  // enough for `cheap`, too little for `dear`
  t.provider.answers({t.refusal(500), t.refusal(500), t.plain()});
  auto& call = t.ask();
  EXPECT_EQ(call.error.value().fault, Fault::budget_exceeded);
  EXPECT_EQ(t.provider.calls.size(), 2U);
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::failed);
  EXPECT_EQ(t.limit().reserved, Money{});
}

LimitSpec budget_at(std::string provider, Money amount) {
  LimitSpec spec = budget("at " + provider, amount);
  spec.match = {only("provider", {provider})};
  return spec;
}

LimitState state_at(GatewayForTest& t, std::string provider) {
  return states_for(*t.setup.snapshot->limits, {.key = "dev", .team = "search", .user = "alice", .model = "m", .provider = provider}, t.loop.time.wall()).at(0);
}

TEST(Pipeline, AFallbackIsChargedToTheLimitsOfTheProviderThatAnswered) {
  GatewayForTest t;
  t.setup.limit({budget_at("first", usd(1)), budget_at("second", usd(1))});
  t.provider.answers({t.refusal(500), t.plain()});
  EXPECT_FALSE(t.ask().error);
  EXPECT_EQ(t.ledger.rows.at(0).provider, "second");
  EXPECT_EQ(state_at(t, "second").used, usual_cost);
  EXPECT_EQ(state_at(t, "first").used, Money{});
  for (std::string_view provider : {"first", "second"}) EXPECT_EQ(state_at(t, std::string(provider)).reserved, Money{}) << provider;
}

TEST(Pipeline, AFallbackWhoseOwnLimitHasNoRoomIsNotAsked) {
  GatewayForTest t;
  t.setup.asked->fallback.clear();
  t.setup.limit({budget_at("second", Money{1'000})});
  t.provider.answers({t.refusal(500), t.plain()});
  auto& call = t.ask();
  EXPECT_EQ(call.error.value().fault, Fault::budget_exceeded);
  EXPECT_NE(call.error->detail.find("at second"), std::string::npos) << call.error->detail;
  EXPECT_EQ(t.provider.calls.size(), 1U);
  EXPECT_EQ(state_at(t, "second").used, Money{});
  EXPECT_EQ(state_at(t, "second").reserved, Money{});
}

TEST(Pipeline, EachProviderHasACounterOfItsOwn) {
  GatewayForTest t;
  LimitSpec each = budget("each", usd(1));
  each.each = by({"provider"});
  t.setup.limit({each});
  t.provider.answers({t.refusal(500), t.plain()});
  EXPECT_FALSE(t.ask().error);
  EXPECT_EQ(state_at(t, "second").used, usual_cost);
  EXPECT_EQ(state_at(t, "first").used, Money{});
}

TEST(Pipeline, ReservesMoreBeforeItAsksADearerFallback) {
  GatewayForTest t;
  t.setup.limit({generous});
  t.provider.answers({t.refusal(500), t.refusal(500), t.plain()});
  t.ask();
  ASSERT_EQ(t.ledger.reserved.size(), 3U);
  EXPECT_EQ(t.ledger.reserved[1], t.ledger.reserved[0]);
  EXPECT_EQ(t.ledger.reserved[2], Money{10 * t.ledger.reserved[0].nano_usd});
  EXPECT_EQ(t.limit().used, Money{10 * usual_cost.nano_usd});
}

TEST(Pipeline, UnderABudgetAModelWithoutAPriceIsRefusedUnlessTheOperatorSaysOtherwise) {
  for (Unpriced unpriced : {Unpriced::refuse, Unpriced::allow, Unpriced::count_as_zero}) {
    GatewayForTest t;
    t.setup.limit({generous});
    t.setup.snapshot->unpriced = unpriced;
    for (auto& facts : t.setup.snapshot->facts) facts.priced = nullptr;
    t.provider.answers({t.plain()});
    auto& call = t.ask();
    EXPECT_EQ(call.error.has_value(), unpriced == Unpriced::refuse);
    if (unpriced == Unpriced::refuse) {
      EXPECT_EQ(call.error->client_code(), "budget_pricing_unavailable");
      EXPECT_EQ(t.ledger.rows.at(0).http_status, 403);
    }
    EXPECT_EQ(t.ledger.rows.at(0).cost, Money{});
  }
}

TEST(Pipeline, WithoutABudgetAModelWithoutAPriceIsServed) {
  GatewayForTest t;
  for (auto& facts : t.setup.snapshot->facts) facts.priced = nullptr;
  t.provider.answers({t.plain()});
  EXPECT_FALSE(t.ask().error);
}

TEST(Pipeline, UnderABudgetAnAnswerThatNobodyBoundsIsRefused) {
  GatewayForTest t;
  t.setup.limit({generous});
  const Model* boundless = t.setup.snapshot->catalogue->find("maker", "boundless");
  for (auto& facts : t.setup.snapshot->facts) facts.priced = boundless;
  t.provider.answers({t.plain()});
  auto& call = t.prepare();
  call.incoming.text = R"({"model":"m","messages":[{"role":"user","content":"hello"}]})";
  t.begin(call);
  EXPECT_EQ(call.error.value().fault, Fault::invalid_request);
  EXPECT_EQ(call.error->param, "max_tokens");
  EXPECT_FALSE(t.ask().error);  // with max_tokens
}

TEST(Pipeline, ReservesForEveryAnswerThatMayCome) {
  GatewayForTest t;
  t.setup.limit({generous});
  t.provider.answers({t.plain(), t.plain()});
  t.ask();
  t.ask(R"(,"n":4)");
  EXPECT_EQ(t.ledger.reserved.at(1) - t.ledger.reserved.at(0), Money{3 * 100 * 2000});
}

// --- the ledger

TEST(Pipeline, SendsNothingWhenTheLedgerTakesNoIntent) {
  GatewayForTest t;
  t.setup.limit({generous});
  t.ledger.full = true;
  t.provider.answers({t.plain()});
  auto& call = t.ask();
  EXPECT_EQ(call.error.value().fault, Fault::unavailable);
  EXPECT_TRUE(t.provider.calls.empty());
  EXPECT_EQ(t.limit().reserved, Money{});
  EXPECT_EQ(t.limit().used, Money{});
}

TEST(Pipeline, WithholdsAnAnswerWhoseRowIsNotDurableInTime) {
  GatewayForTest t;
  t.ledger.is_durable = false;
  t.provider.answers({t.plain()});
  auto& call = t.prepare();
  t.begin(call);
  t.loop.pass(4900ms);
  EXPECT_FALSE(call.over);
  t.loop.pass(200ms);
  EXPECT_TRUE(call.over);
  EXPECT_EQ(call.error.value().fault, Fault::unavailable);
  EXPECT_EQ(t.ledger.rows.size(), 1U);
  EXPECT_EQ(t.reader.rows, 1);
}

// --- time, and clients that leave

TEST(Pipeline, ALimitOfTokensIsSettledToWhatTheProviderCounted) {
  GatewayForTest t;
  t.setup.limit({limit_of(Measure::tokens, "tokens", 1000, Every::day)});
  t.provider.answers({t.plain(), t.plain("Hi", R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}})")});
  t.ask();
  EXPECT_EQ(t.limit().used, Quantity(15));
  t.ask();
  EXPECT_EQ(t.limit().used, Quantity(30));  // cached ones count like others
  EXPECT_EQ(t.limit().reserved, Quantity());
}

TEST(Pipeline, ACallThatMayTakeMoreTokensThanAreLeftIsRefusedAsARateLimit) {
  GatewayForTest t;
  t.setup.limit({limit_of(Measure::output_tokens, "out", 99)});
  t.provider.answers({t.plain()});
  auto& call = t.ask();  // max_tokens is 100
  ASSERT_TRUE(call.error);
  EXPECT_EQ(call.error->fault, Fault::rate_limited);
  EXPECT_EQ(call.error->param, "tokens");
  EXPECT_TRUE(t.provider.calls.empty());
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::refused);
}

TEST(Pipeline, CallsThatWereMadeCountAndRefusedOnesDoNot) {
  GatewayForTest t;
  t.setup.limit({limit_of(Measure::requests, "calls", 2, Every::day)});
  t.provider.answers({t.plain(), t.refusal(400)});
  EXPECT_FALSE(t.ask().error);
  t.ask();
  auto& third = t.ask();
  ASSERT_TRUE(third.error);
  EXPECT_EQ(third.error->fault, Fault::rate_limited);
  EXPECT_EQ(third.error->param, "requests");
  EXPECT_EQ(t.limit().used, Quantity(2));
  EXPECT_EQ(t.provider.calls.size(), 2U);
}

TEST(Pipeline, ALimitOfTokensNeedsNoPriceAndNoMaximum) {
  GatewayForTest t;
  Route& free = t.setup.add_route("m2", {"unpriced"}, "nothing of this name");
  t.setup.limit({limit_of(Measure::tokens, "tokens", 100'000, Every::day)});
  t.provider.answers({t.plain()});
  auto& call = t.prepare();
  call.incoming.text = R"({"model":")" + free.name + R"(","messages":[{"role":"user","content":"hello"}]})";
  t.begin(call);
  t.loop.pass(1s);
  EXPECT_FALSE(call.error);
  EXPECT_EQ(t.limit().used, Quantity(15));
}

// Its answer is sound, which tells no usage: it is not free for that.
TEST(PipelineBudget, SpeechIsBoundedAndEstimated) {
  GatewayForTest t;
  t.setup.limit({budget("day", usd(1))});
  Script sound = GatewayForTest::refusal(200, "ID3");
  sound.headers = {{"content-type", "audio/mpeg"}};
  t.provider.answers({sound});
  CallForTest& call = t.prepare();
  call.door = {.dialect = find_dialect("openai_chat"), .operation = Operation::passthrough, .endpoint = "/v1/audio/speech"};
  call.incoming.text = R"({"model":"m","voice":"alloy","input":"one hundred"})";
  t.begin(call);
  t.loop.pass(1s);
  ASSERT_FALSE(call.error) << call.error->detail;
  EXPECT_EQ(call.text(), "ID3");
  const RequestRow& row = t.ledger.rows.at(0);
  EXPECT_EQ(row.usage_source, UsageSource::estimated);
  EXPECT_EQ(row.usage.output.count, 20);  // thirteen bytes with their quotes
  EXPECT_EQ(row.cost.nano_usd, row.usage.input.count * 1'000 + 20 * 2'000);
  EXPECT_GE(t.ledger.reserved.at(0), row.cost);
}

TEST(PipelineBudget, SpeechPricedByCharactersCostsThoseOfItsText) {
  GatewayForTest t;
  t.setup.price("spoken");
  t.setup.limit({budget("day", usd(1))});
  Script sound = GatewayForTest::refusal(200, "ID3");
  sound.headers = {{"content-type", "audio/mpeg"}};
  t.provider.answers({sound});
  CallForTest& call = t.prepare();
  call.door = {.dialect = find_dialect("openai_chat"), .operation = Operation::passthrough, .endpoint = "/v1/audio/speech"};
  call.incoming.text = R"({"model":"m","voice":"alloy","input":"Gr\u00fc\u00dfe \n"})";
  t.begin(call);
  t.loop.pass(1s);
  ASSERT_FALSE(call.error) << call.error->detail;
  EXPECT_EQ(t.ledger.rows.at(0).cost.nano_usd, 7 * 15'000);
  EXPECT_EQ(t.ledger.reserved.at(0).nano_usd, 7 * 15'000);
  EXPECT_EQ(t.limit().used, t.ledger.rows.at(0).cost);
}

Script json(std::string_view text) {
  Script script = GatewayForTest::refusal(200, text);
  script.headers = {{"content-type", "application/json"}};
  return script;
}

// What a transcription costs for one answer; its reservation must have been enough.
Money cost_of_hearing(std::string_view answer) {
  GatewayForTest t;
  t.setup.price("heard");
  t.setup.limit({budget("day", usd(1))});
  t.provider.answers({json(answer)});
  CallForTest& call = t.prepare();
  call.door = {.dialect = find_dialect("openai_chat"), .operation = Operation::passthrough, .endpoint = "/v1/audio/transcriptions"};
  call.incoming.headers = {{"authorization", "Bearer sk-dev"}, {"content-type", "multipart/form-data; boundary=x"}};
  call.incoming.text = "--x\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nm\r\n--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n\r\n" +
                       std::string(80'000, 'a') + "\r\n--x--\r\n";
  t.begin(call);
  t.loop.pass(1s);
  EXPECT_FALSE(call.error);
  EXPECT_GE(t.ledger.reserved.at(0), t.ledger.rows.at(0).cost);
  return t.ledger.rows.at(0).cost;
}

TEST(PipelineBudget, TranscriptionPricedByLengthCostsWhatTheAnswerTellsElseAnEstimateByTheFile) {
  EXPECT_EQ(cost_of_hearing(R"({"text":"hello","usage":{"type":"duration","seconds":9}})").nano_usd, 9 * 100'000);
  EXPECT_EQ(cost_of_hearing(R"({"text":"hello","duration":"8.5"})").nano_usd, 8'500 * 100);
  EXPECT_EQ(cost_of_hearing("hello").nano_usd, 20 * 100'000);
}

TEST(PipelineBudget, TheTierThatServedDecidesAndTheDearerOneIsReserved) {
  for (auto [told, rate, id] : {std::tuple(R"("service_tier":"default",)", 1'000, "served@1"), std::tuple(R"("service_tier":"priority",)", 3'000, "served@1/priority"),
                                std::tuple("", 3'000, "served@1/priority")}) {
    GatewayForTest t;
    t.setup.price("served");
    t.setup.limit({budget("day", usd(1))});
    t.provider.answers({json(std::string(R"({"id":"a","object":"chat.completion",)") + told +
                             R"("choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],
                                "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}})")});
    CallForTest& call = t.prepare();
    call.incoming.text = R"({"model":"m","service_tier":"priority","max_tokens":5,"messages":[{"role":"user","content":"hi"}]})";
    t.begin(call);
    t.loop.pass(1s);
    ASSERT_FALSE(call.error) << call.error->detail;
    EXPECT_EQ(t.ledger.rows.at(0).cost.nano_usd, 10 * rate + 5 * 2 * rate);
    EXPECT_EQ(t.ledger.rows.at(0).price_id, id);
    EXPECT_GE(t.ledger.reserved.at(0).nano_usd, 10 * 3'000 + 5 * 6'000);
  }
}

TEST(PipelineBudget, TermsChangeWhatIsChargedAndReserved) {
  GatewayForTest t;
  for (const Target* target : t.setup.asked->targets) t.setup.snapshot->facts[target->index].terms = {{{"their-*"}, 850'000}};
  t.setup.limit({budget("day", usd(1))});
  t.provider.answers({json(R"({"id":"a","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],
      "usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150}})")});
  CallForTest& call = t.prepare();
  call.incoming.text = R"({"model":"m","max_tokens":50,"messages":[{"role":"user","content":"hi"}]})";
  t.begin(call);
  t.loop.pass(1s);
  ASSERT_FALSE(call.error) << call.error->detail;
  EXPECT_EQ(t.ledger.rows.at(0).cost.nano_usd, (100'000 + 100'000) * 85 / 100);
  EXPECT_EQ(t.ledger.rows.at(0).price_id, "cheap@1*0.85");
}

}  // namespace
}  // namespace tollgate
