#include <gtest/gtest.h>

#include "reporting/comparison.h"
#include "reporting/replay.h"
#include "reporting/usual.h"

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

WallTime at_ms(std::int64_t ms) { return {ms * ns_per_ms}; }

// A call that came and was admitted at `at`, and was over at `end`.
PastCall call(std::int64_t at, std::int64_t end, std::string key = "dev") {
  PastCall made;
  made.row.id = {static_cast<std::uint64_t>(at) << 16, 1};
  made.row.at = at_ms(at);
  made.row.finished_at = at_ms(end);
  made.row.key = std::move(key);
  made.row.route = "m";
  made.row.status = RowStatus::ok;
  made.row.attempts = 1;
  made.row.provider = "p";
  made.row.model = "one";
  return made;
}

// Has `places`; who finds none waits for `patience`, then is refused.
class Places final : public Rules {
 public:
  explicit Places(int places, Duration patience = Duration(0)) : left(places), patience_(patience) {}

  Verdict ask(const PastCall& past, WallTime now, Duration waited) override {
    asked.push_back(now.ns / ns_per_ms);
    Verdict verdict{.outcome = outcome_of(past.row)};
    if (left == 0 && waited < patience_) {
      verdict.wait_until = now + (patience_ - waited);
      return verdict;
    }
    if (left == 0) {
      verdict.outcome.status = RowStatus::refused;
      return verdict;
    }
    --left;
    verdict.admitted = std::make_unique<Place>(*this);
    verdict.lasts = past.row.finished_at - past.row.at;
    return verdict;
  }

  int left;
  std::vector<std::int64_t> asked, over;

 private:
  class Place final : public Admitted {
   public:
    explicit Place(Places& places) : places_(places) {}
    void over(WallTime now) override {
      ++places_.left;
      places_.over.push_back(now.ns / ns_per_ms);
    }

   private:
    Places& places_;
  };
  Duration patience_;
};

std::vector<RowStatus> replayed(Places& rules, std::vector<PastCall> calls) {
  std::vector<RowStatus> decided;
  Replay replay(rules, [&](const PastCall&, const Outcome& would) { decided.push_back(would.status); });
  for (PastCall& one : calls) replay.add(std::move(one));
  replay.end();
  EXPECT_EQ(replay.under_way(), 0u);
  return decided;
}

TEST(Replay, HoldsWhatACallTookUntilItWasOver) {
  Places rules(1);
  EXPECT_EQ(replayed(rules, {call(0, 100), call(50, 60), call(100, 120)}), (std::vector{RowStatus::ok, RowStatus::refused, RowStatus::ok}));
  EXPECT_EQ(rules.over, (std::vector<std::int64_t>{100, 120}));
}

TEST(Replay, LetsACallWaitUntilAnotherIsOver) {
  Places rules(1, milliseconds(80));
  EXPECT_EQ(replayed(rules, {call(0, 100), call(50, 60)}), (std::vector{RowStatus::ok, RowStatus::ok}));
  EXPECT_EQ(rules.over, (std::vector<std::int64_t>{100, 110}));  // it lasts as long as it did then
}

TEST(Replay, RefusesACallThatHasWaitedLongEnough) {
  Places rules(1, milliseconds(20));
  EXPECT_EQ(replayed(rules, {call(0, 100), call(50, 60)}), (std::vector{RowStatus::ok, RowStatus::refused}));
  EXPECT_EQ(rules.asked, (std::vector<std::int64_t>{0, 50, 70}));
}

TEST(Replay, AsksACallAtTheMomentAtWhichItWasAdmittedThen) {
  Places rules(2);
  PastCall waited = call(10, 90);
  waited.row.at = at_ms(60);
  replayed(rules, {call(0, 100), std::move(waited), call(20, 30)});
  EXPECT_EQ(rules.asked, (std::vector<std::int64_t>{0, 20, 60}));
}

TEST(Replay, HoldsNoMoreThanWhatIsUnderWay) {
  Places rules(1'000'000);
  std::size_t most = 0;
  Replay replay(rules, [](const PastCall&, const Outcome&) {});
  for (std::int64_t i = 0; i < 10'000; ++i) {
    replay.add(call(i * 10, i * 10 + 25));
    most = std::max(most, replay.under_way());
  }
  replay.end();
  EXPECT_LE(most, 5u);
}

TEST(UsualCalls, AreTheMeanOfTheKeysAnswersOnTheRoute) {
  UsualCalls usual;
  for (std::int64_t tokens : {10, 21}) {
    PastCall one = call(0, tokens);
    one.row.usage.input = {tokens};
    one.reserved = Money{tokens * 3};
    one.reserved_at = "price@1";
    usual.learn(one);
  }
  PastCall other = call(0, 100, "other");
  other.row.usage.input = {100};
  usual.learn(other);
  PastCall refused = call(0, 1000);
  refused.row.status = RowStatus::refused;
  usual.learn(refused);

  EXPECT_EQ(usual.of("dev", "m")->usage.input.count, 16);  // 15.5, half up
  EXPECT_EQ(usual.of("dev", "m")->input_bound.count, 21);
  EXPECT_EQ(usual.of("dev", "m")->reserved, Money{63});
  EXPECT_EQ(usual.of("dev", "m")->reserved_at, "price@1");
  EXPECT_FALSE(usual.of("dev", "m")->max_output);
  EXPECT_EQ(usual.of("dev", "m")->lasts, std::chrono::microseconds(15'500));
  EXPECT_EQ(usual.of("nobody", "m")->usage.input.count, 44);  // the route's: 131 / 3
  EXPECT_FALSE(usual.of("dev", "elsewhere"));
}

TEST(Comparison, CountsEachSideUnderItsOwnNames) {
  auto comparison = *Comparison::by({"model"});
  PastCall past = call(0, 1);
  past.row.cost = {100};
  Outcome would = outcome_of(past.row);
  would.model = "two";
  would.cost = {40};
  comparison.add(past.row, outcome_of(past.row), would);

  EXPECT_EQ(comparison.total().was.cost, Money{100});
  EXPECT_EQ(comparison.total().would.cost, Money{40});
  EXPECT_EQ(comparison.groups().at({"one"}).was.requests, 1);
  EXPECT_EQ(comparison.groups().at({"one"}).would.requests, 0);
  EXPECT_EQ(comparison.groups().at({"two"}).would.cost, Money{40});
  EXPECT_EQ(comparison.moves().at({"p/one", "p/two"}).requests, 1);
}

TEST(Comparison, TellsRefusalsByCodeAndLimit) {
  auto comparison = *Comparison::by({});
  PastCall past = call(0, 1);
  Outcome would = outcome_of(past.row);
  would.status = RowStatus::refused;
  would.error_code = "budget_exceeded";
  would.limit = "monthly";
  would.provider.clear();
  comparison.add(past.row, outcome_of(past.row), would);
  EXPECT_EQ(comparison.refusals().at({"budget_exceeded", "monthly"}).would, 1);
  EXPECT_EQ(comparison.refusals().at({"budget_exceeded", "monthly"}).was, 0);
  EXPECT_TRUE(comparison.moves().empty());
}

TEST(Comparison, NamesAGroupingThatThereIsNot) { EXPECT_EQ(Comparison::by({"colour"}).error().param, "by"); }

}  // namespace
}  // namespace tollgate
