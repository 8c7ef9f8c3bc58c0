#include "app/replay/snapshot_rules.h"

#include <gtest/gtest.h>

#include "gateway/snapshot_for_test.h"
#include "routing/health.h"

namespace tollgate {
namespace {

const WallTime noon = at("2026-11-29T12:00:00Z");

// A call of `dev` on the route `m` that `first` answered: 1,000 tokens of input and 500 of output cost 2,000,000 nano-USD.
PastCall answered_by_first() {
  PastCall call;
  RequestRow& row = call.row;
  row.id = {static_cast<std::uint64_t>(noon.unix_ms()) << 16, 7};
  row.at = noon;
  row.finished_at = noon + seconds(1);
  row.key = "dev";
  row.attribution = {.team = "search", .user = "alice", .feature = {}, .tags = {}};
  row.route = "m";
  row.endpoint = "/v1/chat/completions";
  row.provider = "first";
  row.model = "their-first";
  row.status = RowStatus::ok;
  row.attempts = 1;
  row.usage = {.input = {1000}, .output = {500}};
  row.cost = {2'000'000};
  row.price_id = "cheap@1";
  row.first_token_ms = 10;
  call.max_output = Tokens{500};
  return call;
}

AttemptRow attempt(int n, std::string provider, AttemptPhase phase, Usage usage = {}) {
  AttemptRow row;
  row.n = n;
  row.model = "their-" + provider;
  row.provider = std::move(provider);
  row.phase = phase;
  row.usage = usage;
  return row;
}

class SnapshotRulesTest : public testing::Test {
 protected:
  SnapshotRules rules() { return SnapshotRules(made.snapshot, usual); }
  Outcome would(const PastCall& call) {
    SnapshotRules asked = rules();
    return asked.ask(call, call.row.at, Duration(0)).outcome;
  }

  Counters counters{1};
  SnapshotForTest made{counters};
  UsualCalls usual;
  PastCall past = answered_by_first();
};

TEST_F(SnapshotRulesTest, GivesTheSameUnderTheSameConfiguration) {
  Outcome same = would(past);
  EXPECT_EQ(same.status, RowStatus::ok);
  EXPECT_EQ(same.target(), "first/their-first");
  EXPECT_EQ(same.cost, past.row.cost);
}

TEST_F(SnapshotRulesTest, PricesTheSameTokensAtAnotherTarget) {
  made.asked->targets = made.spare->targets;
  Outcome dearer = would(past);
  EXPECT_EQ(dearer.target(), "spare/their-spare");
  EXPECT_EQ(dearer.cost, Money{20'000'000});
}

TEST_F(SnapshotRulesTest, RefusesWhoHasNoKeyAnyMore) {
  past.row.key = "gone";
  EXPECT_EQ(would(past).error_code, "invalid_api_key");
  EXPECT_EQ(would(past).cost, Money{});
}

TEST_F(SnapshotRulesTest, RefusesAModelThatTheKeyMayNotAskFor) {
  past.row.key = "narrow";
  EXPECT_EQ(would(past).error_code, "permission_denied");
}

TEST_F(SnapshotRulesTest, RefusesARouteThatIsGone) {
  past.row.route = "old";
  EXPECT_EQ(would(past).error_code, "model_not_found");
}

TEST_F(SnapshotRulesTest, SetsAsideWhatTheCallerAllowedUntilTheCallIsOver) {
  made.limit({budget("daily", Money{3'000'000})});  // one call and a half
  SnapshotRules asked = rules();
  auto first = asked.ask(past, noon, Duration(0));
  EXPECT_EQ(first.outcome.status, RowStatus::ok);
  auto second = asked.ask(past, noon, Duration(0));
  EXPECT_EQ(second.outcome.error_code, "budget_exceeded");
  EXPECT_EQ(second.outcome.limit, "daily");
  first.admitted->over(noon + seconds(1));
  EXPECT_EQ(asked.ask(past, noon + seconds(1), Duration(0)).outcome.limit, "daily") << "what it used counts";
}

TEST_F(SnapshotRulesTest, SetsAsideTheModelsMaximumWhereTheCallerSaidNone) {
  made.limit({budget("daily", Money{2'500'000})});
  past.max_output.reset();  // 1,000 tokens then: with the input 3,000,000
  EXPECT_EQ(would(past).limit, "daily");
  past.max_output = Tokens{500};
  EXPECT_EQ(would(past).status, RowStatus::ok);
}

TEST_F(SnapshotRulesTest, SetsAsideWhatWasSetAsideThenAtTheSamePrice) {
  made.limit({budget("daily", Money{2'500'000})});
  past.reserved = Money{2'600'000};
  past.reserved_at = "cheap@1";
  EXPECT_EQ(would(past).limit, "daily");
  past.reserved_at = "another@1";
  EXPECT_EQ(would(past).status, RowStatus::ok);
}

TEST_F(SnapshotRulesTest, WaitsWhereTheLimitLetsCallsWait) {
  auto calls = limit_of(Measure::requests, "calls", 1);
  calls.otherwise.wait = seconds(5);
  made.limit({calls});
  SnapshotRules asked = rules();
  auto first = asked.ask(past, noon, Duration(0));
  auto second = asked.ask(past, noon + seconds(1), Duration(0));
  ASSERT_TRUE(second.wait_until);
  EXPECT_EQ(*second.wait_until, noon + seconds(6));
  EXPECT_EQ(second.room_at, noon + seconds(60));
  EXPECT_EQ(asked.ask(past, noon + seconds(6), seconds(5)).outcome.limit, "calls");
}

TEST_F(SnapshotRulesTest, TakesTheRouteThatALimitSendsCallsTo) {
  auto calls = limit_of(Measure::requests, "calls", 1);
  calls.match = {only("model", {"m"})};
  calls.otherwise.route = "spare";
  made.limit({calls});
  SnapshotRules asked = rules();
  auto first = asked.ask(past, noon, Duration(0));
  auto second = asked.ask(past, noon, Duration(0));
  EXPECT_EQ(second.outcome.route, "spare");
  EXPECT_EQ(second.outcome.target(), "spare/their-spare");
  EXPECT_EQ(second.outcome.cost, Money{20'000'000});
}

TEST_F(SnapshotRulesTest, TakesTheUsualCallForOneThatWasRefused) {
  usual.learn(past);
  PastCall refused = past;
  refused.row.status = RowStatus::refused;
  refused.row.error_code = "budget_exceeded";
  refused.row.provider = refused.row.model = {};
  refused.row.usage = {};
  refused.row.cost = {};
  refused.row.attempts = 0;
  Outcome now = would(refused);
  EXPECT_EQ(now.status, RowStatus::ok);
  EXPECT_EQ(now.cost, Money{2'000'000});
  EXPECT_EQ(now.error_code, "");
}

TEST_F(SnapshotRulesTest, RefusesAgainWhatNoConfigurationMends) {
  past.row.status = RowStatus::refused;
  past.row.error_code = "invalid_request";
  past.row.attempts = 0;
  EXPECT_EQ(would(past).error_code, "invalid_request");
}

TEST_F(SnapshotRulesTest, LetsFallBackWhatFellBackThen) {
  past.row.provider = "second";
  past.row.model = "their-second";
  past.row.attempts = 2;
  past.attempts = {attempt(1, "first", AttemptPhase::connect), attempt(2, "second", AttemptPhase::done, past.row.usage)};
  EXPECT_EQ(would(past).target(), "second/their-second");
  EXPECT_EQ(would(past).cost, past.row.cost);
}

TEST_F(SnapshotRulesTest, FailsWhatFellBackToWhereNothingLeadsNow) {
  past.attempts = {attempt(1, "first", AttemptPhase::connect), attempt(2, "second", AttemptPhase::done, past.row.usage)};
  past.row.attempts = 2;
  made.asked->targets.resize(1);
  made.asked->fallback.clear();
  EXPECT_EQ(would(past).status, RowStatus::failed);
  EXPECT_EQ(would(past).cost, Money{});
}

TEST_F(SnapshotRulesTest, KeepsTheStatusOfWhatFailed) {
  past.row.status = RowStatus::failed;
  past.row.error_code = "upstream_error";
  past.row.usage = {};
  past.row.cost = {};
  past.row.first_token_ms = -1;
  Outcome now = would(past);
  EXPECT_EQ(now.status, RowStatus::failed);
  EXPECT_EQ(now.error_code, "upstream_error");
  EXPECT_EQ(now.cost, Money{});
}

TEST_F(SnapshotRulesTest, RefusesUnpricedModelsUnderABudgetAsTheSettingSays) {
  made.limit({budget("daily", usd(1))});
  made.snapshot->facts[0].priced = nullptr;
  EXPECT_EQ(would(past).error_code, "budget_pricing_unavailable");
  made.snapshot->unpriced = Unpriced::allow;
  EXPECT_EQ(would(past).status, RowStatus::ok);
  EXPECT_EQ(would(past).cost, Money{});
}

TEST_F(SnapshotRulesTest, BeginsWithWhatWasUsedBefore) {
  made.limit({budget("daily", Money{3'000'000})});
  SnapshotRules asked = rules();
  asked.remember(past.row, noon);
  EXPECT_EQ(asked.ask(past, noon + seconds(1), Duration(0)).outcome.limit, "daily");
  EXPECT_EQ(asked.remembers_from(noon), at("2026-11-29T00:00:00Z"));
}

TEST_F(SnapshotRulesTest, SharesOutByTheNewWeights) {
  made.asked->strategy = Strategy::weighted;
  made.asked->turns = smooth_turns({1, 3});
  HealthBook health;
  made.asked->health = health.route("m");
  SnapshotRules asked = rules();
  int second = 0;
  for (int i = 0; i < 400; ++i) second += asked.ask(past, noon, Duration(0)).outcome.provider == "second";
  EXPECT_EQ(second, 300);
}

}  // namespace
}  // namespace tollgate
