// Calls that are not streamed: what the caller gets, what is recorded, and who pays.

#include "gateway/pipeline.h"

#include <gtest/gtest.h>

#include "gateway/gateway_for_test.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

constexpr Money usual_cost{10 * 1000 + 5 * 2000};  // ten tokens in, five out, at the prices of `cheap`
const LimitSpec generous = budget("team", usd(1));

TEST(Pipeline, SettlesAWholeAnswerOnceAndBeforeItsFirstByte) {
  GatewayForTest t;
  t.provider.answers({t.plain("Hi")});
  auto& call = t.ask();
  EXPECT_NE(call.text().find("\"Hi\""), std::string::npos);
  EXPECT_EQ(t.ledger.story, "begin attempt finish durable ");
  ASSERT_EQ(t.ledger.rows.size(), 1U);
  EXPECT_EQ(call.rows_before, std::vector<std::size_t>{1});
  const RequestRow& row = t.ledger.rows[0];
  EXPECT_EQ(row.status, RowStatus::ok);
  EXPECT_EQ(row.http_status, 200);
  EXPECT_EQ(row.attempts, 1);
  EXPECT_EQ(row.cost, usual_cost);
  EXPECT_EQ(row.usage, (Usage{.input = {10}, .output = {5}}));
  EXPECT_EQ(row.usage_source, UsageSource::provider);
  EXPECT_EQ(row.provider, "first");
  EXPECT_EQ(row.key + row.attribution.team + row.attribution.user + row.route, "devsearchalicem");
  EXPECT_EQ(t.reader.rows, 1);
}

TEST(Pipeline, SendsTheCallersBytesWithTheProvidersNameOfTheModel) {
  GatewayForTest t;
  t.provider.answers({t.plain()});
  t.ask(R"(, "x" :1e2)");
  ASSERT_EQ(t.provider.calls.size(), 1U);
  const auto& called = t.provider.calls[0];
  EXPECT_EQ(called.body, R"({"model":"their-first","messages":[{"role":"user","content":"hello"}],"max_tokens":100, "x" :1e2})");
  EXPECT_EQ(called.path, "/chat/completions");
  EXPECT_EQ(called.key, "main");
}

TEST(Pipeline, SendsOnlyHeadersThatMayGoUpstream) {
  GatewayForTest t;
  t.provider.answers({t.plain()});
  t.setup.snapshot->facts[0].forward_headers = {"x-mine"};
  auto& call = t.prepare();
  for (auto name : {"OpenAI-Beta", "X-Mine", "x-other", "cookie", "x-tollgate-user"}) call.incoming.headers.emplace_back(name, "v");
  t.begin(call);
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(t.provider.calls.at(0).headers, (Pairs{{"OpenAI-Beta", "v"}, {"X-Mine", "v"}}));
}

TEST(Pipeline, EstimatesTheUsageThatAProviderDoesNotTell) {
  GatewayForTest t;
  t.provider.answers({t.plain(std::string(40, 'x'), "null")});
  t.ask();
  EXPECT_EQ(t.ledger.rows.at(0).usage_source, UsageSource::estimated);
  EXPECT_EQ(t.ledger.rows.at(0).usage.output, Tokens{10});
  EXPECT_GT(t.ledger.rows.at(0).usage.input, Tokens{0});
}

// --- refusals: nothing is sent

TEST(Pipeline, LeavesOneRefusedRowOfACallThatItRefuses) {
  struct Case {
    std::string name;
    std::function<void(GatewayForTest&, CallForTest&)> spoil;
    Fault fault;
    int status;
  } cases[] = {
      {"broken JSON", [](auto&, auto& c) { c.incoming.text = "{"; }, Fault::invalid_request, 400},
      {"unknown model", [](auto&, auto& c) { c.incoming.text = R"({"model":"x","messages":[{"role":"user","content":"h"}]})"; },
       Fault::model_not_found, 404},
      {"not JSON by its type", [](auto&, auto& c) { c.incoming.headers[1].second = "text/plain"; },
       Fault::unsupported_media_type, 415},
      {"a body that is too large", [](auto&, auto& c) { c.incoming.body_error = Error{.fault = Fault::body_too_large}; },
       Fault::body_too_large, 413},
      {"a model that the key may not ask for", [](auto&, auto& c) { c.incoming.headers[0].second = "Bearer sk-narrow"; },
       Fault::not_allowed, 403},
      {"a feature that the key may not set", [](auto&, auto& c) { c.incoming.headers.emplace_back("x-tollgate-feature", "f"); },
       Fault::not_allowed, 403},
      {"a header of ours that is wrong", [](auto&, auto& c) { c.incoming.headers.emplace_back("x-tollgate-timeout-ms", "soon"); },
       Fault::invalid_request, 400},
      {"a header that would choose the host", [](auto&, auto& c) { c.incoming.headers.emplace_back("x-portkey-custom-host", "h"); },
       Fault::invalid_request, 400},
  };
  for (auto& c : cases) {
    GatewayForTest t;
    auto& call = t.prepare();
    c.spoil(t, call);
    t.begin(call);
    ASSERT_TRUE(call.error) << c.name;
    EXPECT_EQ(call.error->fault, c.fault) << c.name;
    EXPECT_EQ(t.ledger.story, "refused ") << c.name;
    ASSERT_EQ(t.ledger.rows.size(), 1U) << c.name;
    EXPECT_EQ(t.ledger.rows[0].status, RowStatus::refused) << c.name;
    EXPECT_EQ(t.ledger.rows[0].http_status, c.status) << c.name;
    EXPECT_EQ(t.ledger.rows[0].cost, Money{}) << c.name;
    EXPECT_TRUE(t.provider.calls.empty()) << c.name;
  }
}

TEST(Pipeline, LeavesNoRowOfSomeoneWhomNobodyKnows) {
  for (auto credential : {"Bearer sk-wrong", "", "Bearer sk-dev Bearer sk-narrow"}) {
    GatewayForTest t;
    auto& call = t.prepare();
    call.incoming.headers[0].second = credential;
    t.begin(call);
    EXPECT_TRUE(call.error) << credential;
    EXPECT_EQ(t.ledger.story, "") << credential;
    EXPECT_EQ(t.reader.rows, 0) << credential;
  }
}

TEST(Pipeline, WhatTheLedgerCannotKeepIsCountedNowhereElse) {
  GatewayForTest t;
  t.ledger.takes_refusals = false;
  auto& call = t.prepare();
  call.incoming.text = "{";
  t.begin(call);
  EXPECT_EQ(call.error.value().fault, Fault::unavailable);
  EXPECT_EQ(t.reader.rows, 0);
}

// --- other tries

TEST(Pipeline, AsksTheNextTargetAndChargesOnlyTheAnswer) {
  GatewayForTest t;
  t.provider.answers({t.refusal(503), t.plain()});
  t.ask();
  ASSERT_EQ(t.ledger.attempts.size(), 2U);
  EXPECT_EQ(t.ledger.attempts[0].provider, "first");
  EXPECT_EQ(t.ledger.attempts[0].http_status, 503);
  EXPECT_EQ(t.ledger.attempts[0].error_class, "upstream_overloaded");
  EXPECT_EQ(t.ledger.attempts[0].cost, Money{});
  EXPECT_EQ(t.ledger.attempts[1].n, 2);
  EXPECT_EQ(t.ledger.attempts[1].phase, AttemptPhase::done);
  EXPECT_EQ(t.ledger.story, "begin attempt again attempt finish durable ");
  EXPECT_EQ(t.ledger.rows.at(0).provider, "second");
  EXPECT_EQ(t.ledger.rows.at(0).cost, usual_cost);
  EXPECT_EQ(t.ledger.rows.at(0).attempts, 2);
}

TEST(Pipeline, AsksWithAnotherKeyBeforeItAsksAnotherTarget) {
  GatewayForTest t;
  t.setup.targets[0]->keys.push_back({.name = "other", .secret = Secret("k2"), .weight = 1});
  t.provider.answers({t.refusal(401), t.plain()});
  t.ask();
  ASSERT_EQ(t.provider.calls.size(), 2U);
  EXPECT_EQ(t.provider.calls[1].provider, "first");
  EXPECT_NE(t.provider.calls[0].key, t.provider.calls[1].key);
}

TEST(Pipeline, FallsBackToTheOtherRouteAtItsOwnPrice) {
  GatewayForTest t;
  t.provider.answers({t.refusal(500), t.refusal(500), t.plain()});
  t.ask();
  EXPECT_EQ(t.ledger.rows.at(0).provider, "spare");
  EXPECT_EQ(t.ledger.rows.at(0).cost, Money{10 * usual_cost.nano_usd});
  EXPECT_EQ(t.ledger.rows.at(0).price_id, "dear@1");
}

TEST(Pipeline, WhenEveryoneRefusesTheCallerPaysNothingAndHearsTheLast) {
  GatewayForTest t;
  t.setup.limit({generous});
  t.provider.answers({t.refusal(500), t.refusal(500), t.refusal(503)});
  auto& call = t.ask();
  EXPECT_EQ(call.error.value().fault, Fault::upstream_overloaded);
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::failed);
  EXPECT_EQ(t.ledger.rows.at(0).http_status, 503);
  EXPECT_EQ(t.ledger.rows.at(0).error_code, "upstream_overloaded");
  EXPECT_EQ(t.ledger.rows.at(0).cost, Money{});
  EXPECT_EQ(t.limit().used, Money{});
  EXPECT_EQ(t.limit().reserved, Money{});
}

TEST(Pipeline, TellsTheShortestWaitWhenEveryoneIsRateLimited) {
  GatewayForTest t;
  Script soon = t.refusal(429), late = t.refusal(429);
  soon.headers = {{"retry-after", "3"}};
  late.headers = {{"retry-after", "60"}};
  t.provider.answers({late, soon, late});
  auto& call = t.ask();
  EXPECT_EQ(call.error.value().fault, Fault::upstream_rate_limited);
  EXPECT_EQ(call.error->retry_after, milliseconds(3000));
}

TEST(Pipeline, AnAnswerThatWasLostCostsItsInputOnce) {
  GatewayForTest t;
  t.provider.answers({t.broken(AttemptPhase::first_byte), t.broken(AttemptPhase::first_byte)});
  t.ask();
  ASSERT_EQ(t.ledger.attempts.size(), 2U);
  Money input = t.ledger.attempts[0].cost;
  EXPECT_GT(input, Money{});
  EXPECT_EQ(t.ledger.attempts[0].usage_source, UsageSource::estimated);
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::failed);
  EXPECT_EQ(t.ledger.rows.at(0).cost, input);
}

TEST(Pipeline, AnAnswerThatWasLostBeforeAnotherCameIsTheProvidersMatter) {
  GatewayForTest t;
  t.provider.answers({t.broken(AttemptPhase::first_byte), t.plain()});
  t.ask();
  EXPECT_GT(t.ledger.attempts.at(0).cost, Money{});
  EXPECT_EQ(t.ledger.rows.at(0).cost, usual_cost);
}

TEST(Pipeline, AnAnswerThatWasLostCostsTheCallerNothingWhereBillingSaysSo) {
  GatewayForTest t;
  t.setup.snapshot->lost = LostAnswer::none;
  t.provider.answers({t.broken(AttemptPhase::first_byte), t.broken(AttemptPhase::first_byte)});
  t.ask();
  EXPECT_EQ(t.ledger.rows.at(0).cost, Money{});
  EXPECT_GT(t.ledger.attempts.at(0).cost, Money{});
}

TEST(Pipeline, WhatWasNeverSentOrOnlyRedirectedCostsNothing) {
  GatewayForTest t;
  t.provider.answers({t.broken(AttemptPhase::connect), t.broken(AttemptPhase::send), t.refusal(302)});
  auto& call = t.ask();
  EXPECT_EQ(call.error.value().fault, Fault::upstream_protocol);
  ASSERT_EQ(t.ledger.attempts.size(), 3U);
  for (auto& attempt : t.ledger.attempts) EXPECT_EQ(attempt.cost, Money{}) << attempt.n;
}

TEST(Pipeline, ACallThatIsWrongIsNotRepeated) {
  GatewayForTest t;
  t.provider.answers({t.refusal(400, R"({"error":{"message":"bad top_p","param":"top_p","code":"invalid_value"}})"), t.plain()});
  auto& call = t.ask();
  EXPECT_EQ(call.error.value().fault, Fault::upstream_rejected);
  EXPECT_EQ(call.error->param, "top_p");
  EXPECT_EQ(t.provider.calls.size(), 1U);
}

TEST(Pipeline, AnAnswerThatIsNoAnswerIsNotPassedOn) {
  Script html = GatewayForTest::plain();
  html.headers = {{"content-type", "text/html"}};
  Script packed = GatewayForTest::plain();
  packed.headers = {{"content-encoding", "gzip"}};
  Script cut = GatewayForTest::plain();
  cut.pieces = {R"({"choices":[{)"};
  Script error_inside = GatewayForTest::plain();
  error_inside.pieces = {R"({"error":{"message":"overloaded","type":"overloaded_error"}})"};
  for (const Script& bad : {html, packed, cut, error_inside}) {
    GatewayForTest t;
    t.provider.answers({bad, t.plain("good")});
    EXPECT_NE(t.ask().text().find("good"), std::string::npos);
    EXPECT_EQ(t.provider.calls.size(), 2U);
  }
}

TEST(Pipeline, AnIdOfTheProviderThatIsTooLongToTellIsLeftOut) {
  GatewayForTest t;
  Script usual = t.plain(), absurd = t.plain();
  usual.headers = {{"x-request-id", "req-1"}};
  absurd.headers = {{"x-request-id", std::string(5000, 'r')}};
  t.provider.answers({usual, absurd});
  EXPECT_EQ(t.ask().upstream_id, "req-1");
  EXPECT_EQ(t.ask().upstream_id, "");
}


TEST(Pipeline, AProviderThatIsSilentIsLeftForTheNextAfterItsTime) {
  GatewayForTest t;
  t.setup.targets[0]->timeouts.first_token = 10s;
  Script silent;
  silent.is_silent = true;
  t.provider.answers({silent, t.plain()});
  auto& call = t.prepare();
  t.begin(call);
  t.loop.pass(9900ms);
  EXPECT_EQ(t.provider.calls.size(), 1U);
  t.loop.pass(200ms);
  EXPECT_TRUE(call.over);
  EXPECT_EQ(t.ledger.attempts.at(0).error_class, "upstream_timeout");
  EXPECT_EQ(t.ledger.rows.at(0).provider, "second");
}

TEST(Pipeline, ACallersOwnDeadlineEndsTheRequest) {
  GatewayForTest t;
  Script silent;
  silent.is_silent = true;
  t.provider.answers({silent, t.plain()});
  auto& call = t.prepare();
  call.incoming.headers.emplace_back("x-tollgate-timeout-ms", "1500");
  t.begin(call);
  t.loop.pass(1501ms);
  EXPECT_EQ(call.error.value().fault, Fault::deadline);
  EXPECT_EQ(t.provider.calls.size(), 1U);
  EXPECT_EQ(t.ledger.rows.at(0).http_status, 504);
}

TEST(Pipeline, TheRoutesTotalBoundsAllAttemptsTogether) {
  GatewayForTest t;
  t.setup.asked->total = 15s;
  for (auto* target : t.setup.targets) target->timeouts.first_token = 10s;
  Script silent;
  silent.is_silent = true;
  t.provider.answers({silent, silent, silent});
  auto& call = t.prepare();
  t.begin(call);
  t.loop.pass(15'001ms);
  EXPECT_EQ(call.error.value().fault, Fault::deadline);
}

TEST(Pipeline, AClientThatLeavesEndsTheCallAtOnceAndPaysTheInput) {
  GatewayForTest t;
  t.setup.limit({generous});
  Script slow = t.plain();
  slow.between = 30s;
  t.provider.answers({slow, t.plain()});
  auto& call = t.prepare();
  t.begin(call);
  EXPECT_EQ(t.provider.answers_open, 1);
  call.incoming.left.cancel();
  t.loop.settle();
  EXPECT_TRUE(call.over);
  EXPECT_EQ(t.provider.answers_open, 0);
  EXPECT_EQ(t.provider.calls.size(), 1U);
  const RequestRow& row = t.ledger.rows.at(0);
  EXPECT_EQ(row.status, RowStatus::aborted);
  EXPECT_EQ(row.error_code, "client_gone");
  EXPECT_EQ(row.usage.output, Tokens{0});
  EXPECT_GT(row.cost, Money{});
  EXPECT_EQ(t.limit().used, row.cost);
  EXPECT_EQ(t.limit().reserved, Money{});
}

TEST(Pipeline, AClientThatLeavesDuringABackOffEndsTheCall) {
  GatewayForTest t;
  t.setup.asked->targets.resize(1);
  t.setup.asked->fallback.clear();
  Script later = t.refusal(429);
  later.headers = {{"retry-after", "20"}};
  t.provider.answers({later, t.plain()});
  auto& call = t.prepare();
  t.begin(call);
  t.loop.pass(5s);
  call.incoming.left.cancel();
  t.loop.settle();
  EXPECT_TRUE(call.over);
  EXPECT_EQ(t.ledger.rows.at(0).status, RowStatus::aborted);
  EXPECT_EQ(t.provider.calls.size(), 1U);
}

TEST(Pipeline, ARequestKeepsTheConfigurationThatItBeganWith) {
  GatewayForTest t;
  Script slow = t.plain();
  slow.between = 5s;
  t.provider.answers({slow});
  auto& call = t.prepare();
  t.begin(call);
  std::weak_ptr<Snapshot> old = t.setup.snapshot;
  t.setup.snapshot = std::make_shared<Snapshot>();
  t.worker.snapshot.publish(t.setup.snapshot);
  EXPECT_FALSE(old.expired());
  t.loop.pass(10s);
  EXPECT_EQ(t.ledger.rows.at(0).cost, usual_cost);
  EXPECT_TRUE(old.expired());
}

TEST(Pipeline, ExchangesAreUsedAgainAndCleanThen) {
  GatewayForTest t;
  t.provider.answers({t.refusal(503), t.plain(), t.plain()});
  t.ask(R"(,"user":"bob")");
  t.ask();
  ASSERT_EQ(t.ledger.rows.size(), 2U);
  EXPECT_EQ(t.ledger.rows[0].attribution.user, "bob");
  EXPECT_EQ(t.ledger.rows[1].attribution.user, "alice");
  EXPECT_EQ(t.ledger.rows[1].attempts, 1);
  EXPECT_NE(t.ledger.rows[0].id, t.ledger.rows[1].id);
}

TEST(Pipeline, AStrangerAfterAKnownCallerIsStillAStranger) {
  GatewayForTest t;
  t.provider.answers({t.plain()});
  t.ask();
  auto& call = t.prepare();
  call.incoming.headers[0].second = "Bearer sk-wrong";
  t.begin(call);
  EXPECT_EQ(t.ledger.rows.size(), 1U);
}

}  // namespace
}  // namespace tollgate
