#include "limits/reservation.h"

#include <gtest/gtest.h>

#include "limits/limits_for_test.h"
#include "limits/state.h"

namespace tollgate {
namespace {

class ReservationTest : public ::testing::Test {
 protected:
  Quantity left(const Policy& policy, std::size_t limit = 0) { return states_for(policy, alice, now).at(limit).left; }
  LimitState state(const Policy& policy, std::size_t limit = 0) { return states_for(policy, alice, now).at(limit); }

  Counters counters{7};
  WallTime now = at("2026-11-22T12:00:00Z");
  Subject alice{.key = "k1", .team = "search", .user = "alice"};
  Subject bob{.key = "k1", .team = "search", .user = "bob"};
};

TEST_F(ReservationTest, GivesTheEstimateBackWhenNothingWasDispatched) {
  Policy policy = policy_of({budget("day", usd(10))}, counters);
  {
    auto reserved = Reservation::take(policy, alice, usd(4), now);
    ASSERT_TRUE(reserved);
    EXPECT_EQ(left(policy), usd(6));
  }
  EXPECT_EQ(left(policy), usd(10));
}

TEST_F(ReservationTest, CallsAtOnceAreHeldAndNothingIsUsed) {
  LimitSpec spec{.name = "two", .each = by({"user"}), .measure = Measure::concurrent, .amount = 2, .window = Window::ever()};
  Policy policy = policy_of({spec}, counters);
  Spent call;
  call.at_once = 1;
  auto first = Reservation::take(policy, alice, call, now);
  auto second = Reservation::take(policy, alice, call, now);
  ASSERT_TRUE(first && second);
  auto third = Reservation::take(policy, alice, call, now);
  ASSERT_FALSE(third);
  Error error = to_error(third.error(), now);
  EXPECT_EQ(error.fault, Fault::rate_limited);
  EXPECT_EQ(error.param, "concurrent");
  EXPECT_EQ(error.retry_after, milliseconds(1000));
  EXPECT_TRUE(Reservation::take(policy, bob, call, now));
  first->dispatched();
  first->settle({usd(1), 10, 10, 1});
  EXPECT_EQ(left(policy).units, 1);
  EXPECT_EQ(state(policy).used.units, 0);
  EXPECT_TRUE(charge(policy, alice, now, {usd(1), 10, 10, 1}, now));  // a row of the past
  EXPECT_EQ(left(policy).units, 1);
  second = {};
  EXPECT_EQ(counters.sweep(now + seconds(3600)), 2U);  // nobody's counter stays for ever
  EXPECT_EQ(counters.live(), 0U);
}

TEST_F(ReservationTest, ChargesWhatWasUsedAndReturnsTheRest) {
  Policy policy = policy_of({budget("day", usd(10))}, counters);
  auto reserved = Reservation::take(policy, alice, usd(4), now);
  reserved->dispatched();
  reserved->settle(cents(150));
  EXPECT_EQ(left(policy), cents(850));
  EXPECT_EQ(state(policy).used, cents(150));
  EXPECT_EQ(state(policy).reserved, usd(0));
}

TEST_F(ReservationTest, ChargesTheEstimateWhenItIsDroppedAfterDispatchAndNothingWasSeen) {
  Policy policy = policy_of({budget("day", usd(10))}, counters);
  Reservation::take(policy, alice, usd(4), now)->dispatched();
  EXPECT_EQ(state(policy).used, usd(4));
}

TEST_F(ReservationTest, ChargesWhatWasSeenLastWhenItIsDroppedAfterDispatch) {
  Policy policy = policy_of({budget("day", usd(10))}, counters);
  {
    auto reserved = Reservation::take(policy, alice, usd(4), now);
    reserved->dispatched();
    reserved->seen(usd(1));
    reserved->seen(usd(2));
  }
  EXPECT_EQ(state(policy).used, usd(2));
}

TEST_F(ReservationTest, ChargesOnceHoweverOftenItIsMoved) {
  Policy policy = policy_of({budget("day", usd(10))}, counters);
  {
    auto reserved = Reservation::take(policy, alice, usd(4), now);
    Reservation moved = std::move(*reserved);
    Reservation other = *Reservation::take(policy, alice, usd(3), now);
    other = std::move(moved);
    EXPECT_EQ(left(policy), usd(6));
    other.dispatched();
    other.settle(usd(1));
  }
  EXPECT_EQ(state(policy).used, usd(1));
  EXPECT_EQ(state(policy).reserved, usd(0));
}

TEST_F(ReservationTest, SaysWhichLimitRefusedHowMuchIsLeftAndWhenItResets) {
  Policy policy = policy_of({budget("month", usd(100), Every::month), budget("day", usd(10))}, counters);
  auto first = Reservation::take(policy, alice, usd(7), now);
  auto second = Reservation::take(policy, alice, usd(4), now);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().why, LimitRefusal::Why::limit_reached);
  EXPECT_EQ(second.error().limit, "day");
  EXPECT_EQ(second.error().left, usd(3));
  EXPECT_EQ(second.error().resets_at, at("2026-11-23"));
  EXPECT_FALSE(second.error().never_fits);
  Error error = to_error(second.error(), now);
  EXPECT_EQ(error.fault, Fault::budget_exceeded);
  EXPECT_EQ(error.retry_after, std::chrono::hours(12));
  EXPECT_EQ(error.detail, "limit day: 3 USD left of 10, resets at 2026-11-23T00:00:00.000Z");
}

TEST_F(ReservationTest, TakesFromAllLimitsOrFromNone) {
  Policy policy = policy_of({budget("a", usd(100)), budget("b", usd(50)), budget("c", usd(5))}, counters);
  EXPECT_FALSE(Reservation::take(policy, alice, usd(6), now));
  EXPECT_EQ(left(policy, 0), usd(100));
  EXPECT_EQ(left(policy, 1), usd(50));
  auto reserved = Reservation::take(policy, alice, usd(5), now);
  EXPECT_EQ(left(policy, 0), usd(95));
  EXPECT_EQ(left(policy, 1), usd(45));
  EXPECT_EQ(left(policy, 2), usd(0));
}

TEST_F(ReservationTest, AdmitsUpToTheLastNanoDollar) {
  Policy policy = policy_of({budget("day", Money{10})}, counters);
  auto most = Reservation::take(policy, alice, Money{9}, now);
  EXPECT_FALSE(Reservation::take(policy, alice, Money{2}, now));
  auto rest = Reservation::take(policy, alice, Money{1}, now);
  EXPECT_TRUE(rest);
  EXPECT_TRUE(Reservation::take(policy, alice, Money{0}, now));
}

TEST_F(ReservationTest, SaysWhenACallCanNeverFit) {
  Policy policy = policy_of({budget("day", usd(1))}, counters);
  auto refused = Reservation::take(policy, alice, usd(2), now);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().never_fits);
}

TEST_F(ReservationTest, CountsEachValueByItself) {
  LimitSpec spec = budget("each", usd(10));
  spec.each = by({"user"});
  Policy policy = policy_of({spec}, counters);
  auto first = Reservation::take(policy, alice, usd(10), now);
  EXPECT_FALSE(Reservation::take(policy, alice, usd(1), now));
  EXPECT_TRUE(Reservation::take(policy, bob, usd(10), now));
  EXPECT_TRUE(Reservation::take(policy, {.team = "ads", .user = "alice"}, usd(10), now));
  EXPECT_EQ(counters.live(), 3u);
}

TEST_F(ReservationTest, StartsAnewWithThePeriodToTheNanosecond) {
  Policy policy = policy_of({budget("day", usd(10))}, counters);
  auto late = Reservation::take(policy, alice, usd(10), {at("2026-11-23").ns - 1});
  ASSERT_TRUE(late);
  EXPECT_FALSE(Reservation::take(policy, alice, usd(1), {at("2026-11-23").ns - 1}));
  EXPECT_TRUE(Reservation::take(policy, alice, usd(10), at("2026-11-23")));
}

TEST_F(ReservationTest, ChargesThePeriodOfAdmissionHoweverLateItSettles) {
  Policy policy = policy_of({budget("day", usd(10))}, counters);
  auto reserved = Reservation::take(policy, alice, usd(4), at("2026-11-22T23:59:59Z"));
  reserved->dispatched();
  now = at("2026-11-23T00:10:00Z");
  reserved->settle(usd(3));
  EXPECT_EQ(left(policy), usd(10));
  now = at("2026-11-22T23:59:59Z");
  EXPECT_EQ(left(policy), usd(7));
}

TEST_F(ReservationTest, OnlyCountsWhereALimitDoesNotRefuse) {
  LimitSpec spec = budget("watch", usd(1));
  spec.enforce = Enforce::count_only;
  Policy policy = policy_of({spec}, counters);
  auto reserved = Reservation::take(policy, alice, usd(5), now);
  ASSERT_TRUE(reserved);
  reserved->settle(usd(5));
  EXPECT_EQ(state(policy).used, usd(5));
  EXPECT_EQ(state(policy).left, usd(0));
}

TEST_F(ReservationTest, HoldsANewLimitAtOnceAndForgetsNothing) {
  Policy before = policy_of({budget("day", usd(10))}, counters);
  auto open = Reservation::take(before, alice, usd(3), now);
  Reservation::take(before, alice, usd(4), now)->settle(usd(4));

  Policy smaller = policy_of({budget("day", usd(5))}, counters);
  EXPECT_EQ(left(smaller), usd(0));
  EXPECT_FALSE(Reservation::take(smaller, alice, Money{1}, now));

  Policy larger = policy_of({budget("other", usd(1), Every::month), budget("day", usd(20))}, counters);
  EXPECT_EQ(left(larger, 1), usd(13));
  open->settle(usd(1));
  EXPECT_EQ(left(larger, 1), usd(15));
  EXPECT_EQ(state(larger, 1).used, usd(5));
}

TEST_F(ReservationTest, BeginsAnewWhenALimitCountsSomethingElse) {
  Policy before = policy_of({budget("b", usd(10))}, counters);
  Reservation::take(before, alice, usd(4), now)->settle(usd(4));
  EXPECT_EQ(left(policy_of({budget("b", usd(10), Every::month)}, counters)), usd(10));
  EXPECT_EQ(left(policy_of({budget("b", usd(10))}, counters)), usd(6));
}

TEST_F(ReservationTest, RaisesOnAllLimitsOrOnNone) {
  Policy policy = policy_of({budget("a", usd(10)), budget("b", usd(6))}, counters);
  auto reserved = Reservation::take(policy, alice, usd(4), now);
  EXPECT_FALSE(reserved->raise_to(policy, usd(7)));
  EXPECT_EQ(left(policy, 0), usd(6));
  EXPECT_TRUE(reserved->raise_to(policy, usd(6)));
  EXPECT_EQ(left(policy, 1), usd(0));
  EXPECT_TRUE(reserved->raise_to(policy, usd(2)));
  EXPECT_EQ(reserved->estimate(), usd(6));
  reserved->dispatched();
  {
    Reservation dropped = std::move(*reserved);
  }
  EXPECT_EQ(state(policy).used, usd(6));
}

TEST_F(ReservationTest, ForgetsSpendOfARollingWindowBucketByBucket) {
  Policy policy = policy_of({rolling_budget("5h", usd(10), std::chrono::hours(5))}, counters);
  Reservation::take(policy, alice, usd(6), now)->settle(usd(6));
  now = now + std::chrono::hours(1);
  Reservation::take(policy, alice, usd(4), now)->settle(usd(4));
  auto refused = Reservation::take(policy, alice, usd(1), now);
  ASSERT_FALSE(refused);
  EXPECT_GE(refused.error().resets_at, at("2026-11-22T17:00:00Z"));
  EXPECT_LE(refused.error().resets_at, at("2026-11-22T17:06:00Z"));
  EXPECT_FALSE(Reservation::take(policy, alice, usd(1), {refused.error().resets_at.ns - 1}));
  EXPECT_TRUE(Reservation::take(policy, alice, usd(6), refused.error().resets_at));
  EXPECT_FALSE(Reservation::take(policy, alice, usd(7), refused.error().resets_at));
  now = at("2026-11-22T18:10:00Z");
  EXPECT_EQ(left(policy), usd(10));
}

TEST_F(ReservationTest, SettlesInABucketThatNoLongerCountsWithoutTrace) {
  Policy policy = policy_of({rolling_budget("1m", usd(10), seconds(60))}, counters);
  auto reserved = Reservation::take(policy, alice, usd(10), now);
  now = now + seconds(90);
  EXPECT_EQ(left(policy), usd(10));
  reserved->settle(usd(9));
  EXPECT_EQ(left(policy), usd(10));
  EXPECT_EQ(state(policy).used, usd(0));
}

TEST_F(ReservationTest, CountsInTheNewestBucketWhenTheClockIsPutBack) {
  Policy policy = policy_of({rolling_budget("1m", usd(10), seconds(60))}, counters);
  Reservation::take(policy, alice, usd(1), now)->settle(usd(1));
  auto reserved = Reservation::take(policy, alice, usd(9), {now.ns - seconds(600).count() * 1'000'000'000});
  ASSERT_TRUE(reserved);
  EXPECT_EQ(left(policy), usd(0));
  reserved->settle(usd(2));
  EXPECT_EQ(left(policy), usd(7));
}

TEST_F(ReservationTest, RefusesANewValueAtTheMostCountersAndNeverLetsItPass) {
  Counters small{7, 2};
  LimitSpec spec = budget("each", usd(10));
  spec.each = by({"user"});
  Policy policy = policy_of({spec}, small);
  EXPECT_TRUE(Reservation::take(policy, alice, usd(1), now));
  EXPECT_TRUE(Reservation::take(policy, bob, usd(1), now));
  auto refused = Reservation::take(policy, {.team = "search", .user = "carol"}, usd(1), now);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().why, LimitRefusal::Why::too_many_counters);
  EXPECT_EQ(to_error(refused.error(), now).fault, Fault::overloaded);
  EXPECT_TRUE(Reservation::take(policy, alice, usd(1), now));
}

TEST_F(ReservationTest, RefusesACallUnderMoreLimitsThanItCanHold) {
  std::vector<LimitSpec> specs;
  for (std::size_t i = 0; i <= max_limits_per_call; ++i) specs.push_back(budget(std::to_string(i), usd(1)));
  auto refused = Reservation::take(policy_of(specs, counters), alice, usd(0), now);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().why, LimitRefusal::Why::too_many_limits);
}

TEST_F(ReservationTest, SaturatesOnAbsurdAmounts) {
  Policy policy = policy_of({budget("day", Money{INT64_MAX - 1})}, counters);
  auto first = Reservation::take(policy, alice, Money{INT64_MAX - 1}, now);
  ASSERT_TRUE(first);
  EXPECT_FALSE(Reservation::take(policy, alice, Money{INT64_MAX}, now));
  first->settle(Money{INT64_MAX});
  EXPECT_EQ(left(policy), usd(0));
}

TEST_F(ReservationTest, EachLimitTakesItsOwnMeasure) {
  Policy policy = policy_of({budget("money", usd(10)), limit_of(Measure::tokens, "tokens", 1000), limit_of(Measure::input_tokens, "in", 1000),
                             limit_of(Measure::output_tokens, "out", 1000), limit_of(Measure::requests, "calls", 10)},
                            counters);
  auto reserved = Reservation::take(policy, alice, {usd(4), 300, 200, 1}, now);
  ASSERT_TRUE(reserved);
  EXPECT_EQ(left(policy, 0), usd(6));
  EXPECT_EQ(left(policy, 1), Quantity(500));
  EXPECT_EQ(left(policy, 2), Quantity(700));
  EXPECT_EQ(left(policy, 3), Quantity(800));
  EXPECT_EQ(left(policy, 4), Quantity(9));
  reserved->dispatched();
  reserved->settle({usd(1), 250, 50, 1});
  EXPECT_EQ(left(policy, 0), usd(9));
  EXPECT_EQ(left(policy, 1), Quantity(700));
  EXPECT_EQ(left(policy, 2), Quantity(750));
  EXPECT_EQ(left(policy, 3), Quantity(950));
  EXPECT_EQ(left(policy, 4), Quantity(9));
}

TEST_F(ReservationTest, OneMeasureThatDoesNotFitRefusesTheCallAndTakesNothing) {
  Policy policy = policy_of({budget("money", usd(10)), limit_of(Measure::tokens, "tokens", 400)}, counters);
  auto refused = Reservation::take(policy, alice, {usd(4), 300, 200, 1}, now);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().limit, "tokens");
  EXPECT_EQ(refused.error().measure, Measure::tokens);
  EXPECT_TRUE(refused.error().never_fits);
  EXPECT_EQ(left(policy, 0), usd(10));
  Error error = to_error(refused.error(), now);
  EXPECT_EQ(error.fault, Fault::rate_limited);
  EXPECT_EQ(error.param, "tokens");
  EXPECT_NE(error.detail.find("400 tokens left of 400"), std::string::npos) << error.detail;
}

TEST_F(ReservationTest, RaisingOneMeasureLeavesTheOthers) {
  Policy policy = policy_of({budget("money", usd(10)), limit_of(Measure::tokens, "tokens", 1000)}, counters);
  auto reserved = Reservation::take(policy, alice, {usd(4), 300, 200, 1}, now);
  EXPECT_TRUE(reserved->raise_to(policy, {usd(2), 300, 600, 1}));
  EXPECT_EQ(left(policy, 0), usd(6));
  EXPECT_EQ(left(policy, 1), Quantity(100));
  EXPECT_FALSE(reserved->raise_to(policy, {usd(9), 300, 800, 1}));
  EXPECT_EQ(left(policy, 0), usd(6));
  EXPECT_EQ(left(policy, 1), Quantity(100));
}

}  // namespace
}  // namespace tollgate
