#include "routing/choice.h"

#include <gtest/gtest.h>

#include <map>

#include "routing/plan.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

// A route with four targets, a to d, and what is remembered of them.
struct World {
  HealthBook book;
  std::deque<Target> targets;
  Route route{.name = "r", .targets = {}, .fallback = {}, .fallback_on = {}, .retry = {}};
  Instant now{1'000'000'000'000};
  std::uint64_t random = 1;

  explicit World(Strategy strategy, int keys = 1) {
    route.strategy = strategy;
    route.breaker = BreakerConfig{};
    route.health = book.route("r");
    for (std::string name : {"a", "b", "c", "d"}) {
      Target& target = targets.emplace_back();
      target.provider = name;
      target.health = book.target(name, "m");
      for (int i = 0; i < keys; ++i) {
        std::string key = "k" + std::to_string(i);
        target.keys.push_back({.name = key, .secret = {}, .weight = 1, .for_model = book.key(name, "m", key), .credential = book.credential(name, key, 0)});
      }
      route.targets.push_back(&target);
    }
  }
  Plan plan(Circumstances c = {}) {
    c.now = now;
    c.random = random = random * 6364136223846793005u + 1442695040888963407u;
    return make_plan(route, c);
  }
  std::string first(Circumstances c = {}) {
    Plan made = plan(c);
    return made.count == 0 ? "" : made.candidates[0].target->provider;
  }
  std::map<std::string, int> firsts(int calls) {
    std::map<std::string, int> counts;
    for (int i = 0; i < calls; ++i) ++counts[first()];
    return counts;
  }
};

TEST(Choice, WeightsAreKeptExactlyAndSpreadEvenly) {
  EXPECT_EQ(smooth_turns({5, 1, 1}), (std::vector<std::uint16_t>{0, 0, 1, 0, 2, 0, 0}));
  World w(Strategy::weighted);
  w.route.turns = smooth_turns({3, 1, 0, 0});
  w.targets[2].weight = w.targets[3].weight = 0;
  auto counts = w.firsts(400);
  EXPECT_EQ(counts["a"], 300);
  EXPECT_EQ(counts["b"], 100);
}

TEST(Choice, TheFastestIsAskedAndASlowOneIsLookedAtNowAndThen) {
  World w(Strategy::least_latency);
  for (Target& target : w.targets) target.health->total_us.add(target.provider == "c" ? 100'000 : 1'000'000, w.now);
  auto counts = w.firsts(10'000);
  EXPECT_GT(counts["c"], 9'700);
  EXPECT_GT(counts["a"], 10);
}

TEST(Choice, ATargetThatNobodyKnowsIsTriedFirst) {
  World w(Strategy::least_latency);
  for (Target& target : w.targets)
    if (target.provider != "b") target.health->total_us.add(1000, w.now);
  auto counts = w.firsts(1000);
  EXPECT_GT(counts["b"], 950);
}

TEST(Choice, TheLeastBusyIsAskedAndEqualOnesShare) {
  World w(Strategy::least_busy);
  Flight one(w.targets[0].health), two(w.targets[1].health);
  auto counts = w.firsts(1000);
  EXPECT_EQ(counts["a"] + counts["b"], 0);
  EXPECT_NEAR(counts["c"], 500, 80);
}

TEST(Choice, TheCheapestIsAsked) {
  struct Costs final : CostOf {
    std::int64_t nano_usd(const Target& target) const override { return target.provider == "d" ? 1 : 2; }
  } costs;
  World w(Strategy::cheapest);
  EXPECT_EQ(w.first({.cost = &costs}), "d");
}

TEST(Choice, AConversationStaysWhereItIsAndMovesOnceWhenItMust) {
  World w(Strategy::weighted, 3);
  w.route.affinity = Affinity::session;
  std::map<std::string, int> all;
  for (std::uint64_t session = 1; session <= 400; ++session) {
    Plan before = w.plan({.session = session * 7919});
    for (int turn = 0; turn < 5; ++turn) {
      Plan plan = w.plan({.session = session * 7919});
      ASSERT_EQ(plan.candidates[0].target, before.candidates[0].target);
      ASSERT_EQ(plan.candidates[0].standing.key, before.candidates[0].standing.key);
    }
    ++all[before.candidates[0].target->provider];
  }
  for (const auto& [name, count] : all) EXPECT_NEAR(count, 100, 45) << name;
  for (int i = 0; i < 5; ++i) w.targets[0].health->breaker.failed(w.now, *w.route.breaker);
  std::string elsewhere;
  for (std::uint64_t session = 1; session <= 400; ++session) {
    std::string now = w.first({.session = session * 7919});
    ASSERT_NE(now, "a");
    ASSERT_EQ(now, w.first({.session = session * 7919}));
  }
}

TEST(Choice, AnOpenBreakerTakesATargetOutUntilItsTimeIsOver) {
  World w(Strategy::ordered);
  for (int i = 0; i < 5; ++i) w.targets[0].health->breaker.failed(w.now, *w.route.breaker);
  EXPECT_EQ(w.first(), "b");
  w.now = w.now + 15s;
  EXPECT_EQ(w.first(), "a");
  w.route.breaker.reset();
  w.now = w.now - 15s;
  EXPECT_EQ(w.first(), "a");
}

TEST(Choice, AKeyThatCoolsIsPassedOver) {
  World w(Strategy::ordered, 2);
  w.targets[0].keys[0].for_model->rate_limited(w.now, 5000ms);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(w.plan().candidates[0].standing.key, 1);
  w.targets[0].keys[1].credential->bench(w.now, 60s, KeyHealth::Why::refused);
  EXPECT_EQ(w.first(), "b");
  w.now = w.now + 5s;
  EXPECT_EQ(w.first(), "a");
}

TEST(Choice, AShortCoolingNeverEndsALongOne) {
  World w(Strategy::ordered);
  KeyHealth& key = *w.targets[0].keys[0].for_model;
  key.rate_limited(w.now, 10'000ms);
  key.rate_limited(w.now, 1000ms);
  EXPECT_EQ(key.cooling_for(w.now), 10s);
}

TEST(Choice, WithoutAHintTheCoolingDoublesUntilACallSucceeds) {
  World w(Strategy::ordered);
  KeyHealth& key = *w.targets[0].keys[0].for_model;
  for (Duration wanted : {250ms, 500ms, 1000ms}) {
    key.rate_limited(w.now, std::nullopt);
    EXPECT_EQ(key.cooling_for(w.now), wanted);
  }
  key.succeeded();
  w.now = w.now + 60s;
  key.rate_limited(w.now, std::nullopt);
  EXPECT_EQ(key.cooling_for(w.now), 250ms);
}

TEST(Choice, ABusyTargetIsPassedOver) {
  World w(Strategy::ordered);
  w.targets[0].max_in_flight = 1;
  Flight one(w.targets[0].health);
  EXPECT_EQ(w.first(), "b");
}

TEST(Choice, ATooSmallContextIsPassedOverUnlessAllAre) {
  World w(Strategy::ordered);
  w.targets[0].context = w.targets[1].context = 1000;
  EXPECT_EQ(w.first({.input = 2000}), "c");
  for (Target& target : w.targets) target.context = 1000;
  EXPECT_EQ(w.first({.input = 2000}), "a");
}

TEST(Choice, SaysWhyNobodyMayBeAsked) {
  World w(Strategy::ordered);
  for (Target& target : w.targets) target.keys[0].for_model->rate_limited(w.now, 4000ms);
  w.targets[2].keys[0].for_model->rate_limited(w.now, 9000ms);
  Error cooling = nobody_to_ask(w.plan());
  EXPECT_EQ(cooling.fault, Fault::upstream_rate_limited);
  EXPECT_EQ(cooling.retry_after, 4000ms);
  for (Target& target : w.targets)
    for (int i = 0; i < 5; ++i) target.health->breaker.failed(w.now, *w.route.breaker);
  Error open = nobody_to_ask(w.plan());
  EXPECT_EQ(open.fault, Fault::overloaded);
  EXPECT_EQ(open.retry_after, 15'000ms);
}

TEST(Choice, DeadCredentialsAndSpentQuotasAreToldApart) {
  World w(Strategy::ordered);
  for (Target& target : w.targets) target.keys[0].credential->bench(w.now, 60s, KeyHealth::Why::refused);
  EXPECT_EQ(nobody_to_ask(w.plan()).fault, Fault::upstream_credential);
  w.targets[1].keys[0].credential->bench(w.now, 70s, KeyHealth::Why::no_money);
  EXPECT_EQ(nobody_to_ask(w.plan()).fault, Fault::upstream_quota);
}

TEST(RetryBudget, AllowsThreeAndThenAShareOfTheCalls) {
  ShareBudget budget(3);
  Instant now{1'000'000'000'000};
  int taken = 0;
  for (int i = 0; i < 10; ++i) taken += budget.take(now, percent(20)) ? 1 : 0;
  EXPECT_EQ(taken, 3);
  for (int i = 0; i < 100; ++i) budget.called(now);
  for (int i = 0; i < 50; ++i) taken += budget.take(now, percent(20)) ? 1 : 0;
  EXPECT_EQ(taken, 20);
  now = now + 11s;
  EXPECT_TRUE(budget.take(now, percent(20)));
}

// 1,000 conversations of 30 turns over 8 targets, of which one is out of reach from turn 10 to turn 19: who was not there stays where they
// are, who was moves once, in one turn, and comes back.
TEST(Choice, ConversationsStayWhereTheyAreAndMoveOnceWhenTheirTargetIsGone) {
  World w(Strategy::weighted);
  for (std::string name : {"e", "f", "g", "h"}) {
    Target& target = w.targets.emplace_back();
    target.provider = name;
    target.health = w.book.target(name, "m");
    w.route.targets.push_back(&target);
  }
  w.route.affinity = Affinity::session;
  std::map<int, std::string> at;
  std::map<std::string, int> load;
  int stayed = 0, moved = 0, needless = 0;
  for (int turn = 0; turn < 30; ++turn) {
    if (turn == 10)
      for (int i = 0; i < 10; ++i) w.targets[3].health->breaker.failed(w.now, *w.route.breaker);
    if (turn == 20) {
      w.now = w.now + 60s;
      w.targets[3].health->breaker.enter(w.now, 1, *w.route.breaker);
      for (int i = 0; i < 100; ++i) w.targets[3].health->breaker.succeeded(w.now, *w.route.breaker);
      w.now = w.now + 60s;
    }
    for (int conversation = 0; conversation < 1'000; ++conversation) {
      std::string target = w.first({.session = static_cast<std::uint64_t>(conversation) * 2654435761u + 1});
      if (turn == 0) ++load[target];
      bool is_gone = turn >= 10 && turn < 20;
      EXPECT_FALSE(is_gone && target == "d");
      if (turn > 0 && at[conversation] == target) ++stayed;
      if (turn > 0 && at[conversation] != target) {
        ++moved;
        bool due = (turn == 10 && at[conversation] == "d") || (turn == 20 && target == "d");
        needless += due ? 0 : 1;
      }
      at[conversation] = target;
    }
  }
  EXPECT_EQ(needless, 0);
  EXPECT_EQ(moved, 2 * load["d"]);
  EXPECT_GE(stayed * 100, 99 * (stayed + moved));
  for (auto& [name, count] : load) EXPECT_TRUE(count > 80 && count < 180) << name << ' ' << count;
}

}  // namespace
}  // namespace tollgate
