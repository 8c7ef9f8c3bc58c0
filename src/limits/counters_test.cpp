#include "limits/counters.h"

#include <gtest/gtest.h>

#include "limits/limits_for_test.h"
#include "limits/reservation.h"
#include "limits/state.h"

namespace tollgate {
namespace {

class CountersTest : public ::testing::Test {
 protected:
  LimitSpec each_user(Money amount, Every every) {
    LimitSpec spec = budget("each", amount, every);
    spec.each = by({"user"});
    return spec;
  }
  void spend(const Policy& policy, std::string_view user, Money money, WallTime when) {
    auto reserved = Reservation::take(policy, {.user = user}, money, when);
    ASSERT_TRUE(reserved);
    reserved->settle(money);
  }
  Counters counters{7};
};

TEST_F(CountersTest, LoseACounterOnlyWhenItsWindowHasEnded) {
  Policy policy = policy_of({each_user(usd(10), Every::day)}, counters);
  spend(policy, "alice", usd(1), at("2026-11-22T12:00:00Z"));
  EXPECT_EQ(counters.sweep(at("2026-11-22T23:59:59Z")), 0u);
  EXPECT_EQ(counters.sweep(at("2026-11-23T00:00:59Z")), 0u);
  EXPECT_EQ(counters.sweep(at("2026-11-23T00:01:00Z")), 1u);
  EXPECT_EQ(counters.live(), 0u);
}

TEST_F(CountersTest, KeepACounterWhileAReservationIsOpen) {
  Policy policy = policy_of({each_user(usd(10), Every::day)}, counters);
  auto open = Reservation::take(policy, {.user = "alice"}, usd(1), at("2026-11-22T12:00:00Z"));
  EXPECT_EQ(counters.sweep(at("2026-11-25")), 0u);
  open->settle(usd(1));
  EXPECT_EQ(counters.sweep(at("2026-11-25")), 1u);
}

TEST_F(CountersTest, UseMemoryOfAnEndedWindowAgain) {
  Counters small{7, 3};
  Policy policy = policy_of({each_user(usd(10), Every::minute)}, small);
  for (int minute = 0; minute < 20; ++minute) {
    WallTime now = at("2026-11-22T12:00:00Z") + std::chrono::minutes(2 * minute);
    for (auto user : {"a", "b", "c"}) spend(policy, user, usd(10), now);
    EXPECT_FALSE(Reservation::take(policy, {.user = "a"}, usd(1), now));
    EXPECT_FALSE(Reservation::take(policy, {.user = "d"}, usd(1), now));
    EXPECT_EQ(small.sweep(now + std::chrono::minutes(2)), 3u);
  }
}

TEST_F(CountersTest, NeverOpenAClosedPeriodAgainWhenTheClockIsPutBack) {
  Policy policy = policy_of({each_user(usd(10), Every::month)}, counters);
  spend(policy, "alice", usd(10), at("2026-10-31T23:00:00Z"));
  EXPECT_EQ(counters.sweep(at("2026-11-01T00:02:00Z")), 1u);
  spend(policy, "alice", usd(6), at("2026-10-31T23:30:00Z"));
  EXPECT_FALSE(Reservation::take(policy, {.user = "alice"}, usd(5), at("2026-10-31T23:30:00Z")));
  EXPECT_FALSE(Reservation::take(policy, {.user = "alice"}, usd(5), at("2026-11-05")));
}

TEST_F(CountersTest, StillKnowThePeriodThatJustEnded) {
  Policy policy = policy_of({each_user(usd(10), Every::day)}, counters);
  spend(policy, "alice", usd(10), at("2026-11-22T23:59:59Z"));
  spend(policy, "alice", usd(1), at("2026-11-23T00:00:01Z"));
  EXPECT_FALSE(Reservation::take(policy, {.user = "alice"}, usd(1), at("2026-11-22T23:59:59Z")));
}

TEST_F(CountersTest, LoseARollingCounterWhenAllOfItIsForgotten) {
  LimitSpec spec = rolling_budget("roll", usd(10), seconds(60));
  Policy policy = policy_of({spec}, counters);
  WallTime now = at("2026-11-22T12:00:00Z");
  spend(policy, "alice", usd(1), now);
  EXPECT_EQ(counters.sweep(now + seconds(100)), 0u);
  EXPECT_EQ(counters.sweep(now + seconds(130)), 1u);
}

TEST_F(CountersTest, ComeBackFromACheckpointAndTheRowsSince) {
  WallTime now = at("2026-11-22T12:00:00Z");
  auto specs = [&] {
    return std::vector{each_user(usd(10), Every::day), rolling_budget("roll", usd(100), std::chrono::hours(1))};
  };
  Policy policy = policy_of(specs(), counters);
  spend(policy, "alice", usd(3), now);
  spend(policy, "bob", usd(2), now + std::chrono::minutes(10));
  std::vector<CounterRecord> checkpoint;
  visit_used(counters, now + std::chrono::minutes(10),
             [&](const CounterRecord& record) { checkpoint.push_back(record); });
  EXPECT_EQ(checkpoint.size(), 4u);

  Counters fresh{8};
  Policy again = policy_of(specs(), fresh);
  for (const auto& record : checkpoint)
    EXPECT_EQ(restore(fresh, record, now + std::chrono::minutes(20)), Restored::yes);
  EXPECT_TRUE(charge(again, {.user = "alice"}, now + std::chrono::minutes(15), usd(1), now + std::chrono::minutes(20)));
  auto states = states_for(again, {.user = "alice"}, now + std::chrono::minutes(20));
  EXPECT_EQ(states[0].used, usd(4));
  EXPECT_EQ(states[1].used, usd(6));
  states = states_for(again, {.user = "alice"}, now + std::chrono::minutes(62));
  EXPECT_EQ(states[1].used, usd(3));
}

TEST_F(CountersTest, DoNotComeBackWhenTheirWindowHasEndedOrTheirLimitIsGone) {
  Policy policy = policy_of({each_user(usd(10), Every::day)}, counters);
  std::string series = policy.limits()[0].series->identity();
  WallTime now = at("2026-11-23T12:00:00Z");
  EXPECT_EQ(restore(counters, {series, "k", at("2026-11-22"), usd(1)}, now), Restored::ended);
  EXPECT_EQ(restore(counters, {"gone", "k", at("2026-11-23"), usd(1)}, now), Restored::unknown);
  EXPECT_EQ(counters.live(), 0u);
}

TEST_F(CountersTest, AreChargedByRowsEvenBeyondTheLimit) {
  Policy policy = policy_of({each_user(usd(1), Every::day)}, counters);
  WallTime now = at("2026-11-22T12:00:00Z");
  EXPECT_TRUE(charge(policy, {.user = "alice"}, now, usd(5), now));
  auto state = states_for(policy, {.user = "alice"}, now)[0];
  EXPECT_EQ(state.used, usd(5));
  EXPECT_EQ(state.left, usd(0));
  EXPECT_FALSE(state.admits(Money{1}));
}

TEST_F(CountersTest, ShowEveryLiveStateByLimitAndValue) {
  Policy policy = policy_of({each_user(usd(10), Every::day), budget("all", usd(50), Every::month)}, counters);
  WallTime now = at("2026-11-22T12:00:00Z");
  spend(policy, "bob", usd(2), now);
  auto open = Reservation::take(policy, {.team = "ads", .user = "alice"}, usd(3), now);
  auto states = all_states(policy, now, 100);
  ASSERT_EQ(states.size(), 3u);
  EXPECT_EQ(states[0].limit, "all");
  EXPECT_EQ(states[0].used, usd(2));
  EXPECT_EQ(states[0].reserved, usd(3));
  EXPECT_EQ(states[0].left, usd(45));
  EXPECT_EQ(states[0].resets_at, at("2026-12-01"));
  EXPECT_EQ(states[1].each[0].second, "bob");
  EXPECT_EQ(states[2].tenant, "ads");
  EXPECT_EQ(states[2].each[0], (std::pair<std::string, std::string>("user", "alice")));
  EXPECT_EQ(all_states(policy, now, 2).size(), 2u);
  EXPECT_EQ(all_states(policy, at("2026-11-23"), 100).size(), 1u);
}

TEST_F(CountersTest, MakeNoCounterByLooking) {
  Policy policy = policy_of({each_user(usd(10), Every::day)}, counters);
  EXPECT_EQ(states_for(policy, {.user = "alice"}, at("2026-11-22"))[0].left, usd(10));
  EXPECT_EQ(counters.live(), 0u);
}

}  // namespace
}  // namespace tollgate
