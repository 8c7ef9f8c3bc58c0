#include "limits/alerts.h"

#include <gtest/gtest.h>

#include "limits/limits_for_test.h"
#include "limits/reservation.h"

namespace tollgate {
namespace {

constexpr WallTime noon{1'790'000'000LL * 1'000'000'000};

struct AlertsTest : testing::Test {
  void spend(std::int64_t amount, WallTime at) {
    auto taken = Reservation::take(policy, {.user = "alice"}, Money{amount}, at);
    ASSERT_TRUE(taken);
    taken->dispatched();
    taken->settle(Money{amount});
  }
  static LimitSpec marked() {
    LimitSpec spec = budget("l", Money{100}, Every::hour);
    spec.each = {*parse_attribute("user")};
    spec.enforce = Enforce::count_only;
    spec.alert_at = {percent(50), percent(100)};
    return spec;
  }

  Counters counters{1};
  Policy policy = policy_of({marked()}, counters);
  LimitAlerts alerts;
};

TEST_F(AlertsTest, EachMarkIsToldOnceInItsWindow) {
  spend(49, noon);
  EXPECT_TRUE(alerts.look(policy, noon).empty());
  spend(1, noon);
  auto first = alerts.look(policy, noon);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].mark, percent(50));
  EXPECT_EQ(first[0].state.used, Quantity(50));
  EXPECT_EQ(first[0].state.each.at(0).second, "alice");
  EXPECT_TRUE(alerts.look(policy, noon).empty());
  spend(500, noon);
  EXPECT_EQ(alerts.look(policy, noon).at(0).mark, percent(100));
  EXPECT_TRUE(alerts.look(policy, noon).empty());
  WallTime next = noon + std::chrono::hours(1);
  EXPECT_TRUE(alerts.look(policy, next).empty());
  spend(60, next);
  EXPECT_EQ(alerts.look(policy, next).at(0).mark, percent(50));
}

TEST_F(AlertsTest, OfSeveralMarksAtOnceTheHighestIsTold) {
  spend(150, noon);
  auto told = alerts.look(policy, noon);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].mark, percent(100));
}

}  // namespace
}  // namespace tollgate
