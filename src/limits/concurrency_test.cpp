// Budgets under many threads. Each test runs with 2 and with 8.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <functional>
#include <random>
#include <thread>

#include "limits/limits_for_test.h"
#include "limits/reservation.h"
#include "limits/state.h"

namespace tollgate {
namespace {

class Threads : public ::testing::TestWithParam<int> {
 protected:
  void run(const std::function<void(int)>& body) {
    std::barrier start(GetParam());
    std::vector<std::jthread> threads;
    for (int i = 0; i < GetParam(); ++i)
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        body(i);
      });
  }
  Counters counters{7};
  WallTime now = at("2026-11-22T12:00:00Z");
};

// 200 calls on a budget for 20, all open at once: twenty are admitted, whoever they are.
TEST_P(Threads, AdmitExactlyWhatABudgetCanPay) {
  for (int round = 0; round < 50; ++round) {
    Counters fresh{static_cast<std::uint64_t>(round)};
    Policy policy = policy_of({budget("day", cents(200))}, fresh);
    std::vector<std::vector<Reservation>> held(static_cast<std::size_t>(GetParam()));
    run([&](int i) {
      for (int call = 0; call < 200 / GetParam(); ++call)
        if (auto reserved = Reservation::take(policy, {}, cents(10), now))
          held[static_cast<std::size_t>(i)].push_back(std::move(*reserved));
    });
    std::size_t admitted = 0;
    for (const auto& mine : held) admitted += mine.size();
    ASSERT_EQ(admitted, 20u) << "round " << round;
  }
}

// A value that nobody has seen gets one counter, not one for each thread.
TEST_P(Threads, MakeOneCounterForABrandNewValue) {
  LimitSpec spec = budget("each", cents(100));
  spec.each = by({"user"});
  Policy policy = policy_of({spec}, counters);
  for (int user = 0; user < 200; ++user) {
    std::string name = "user" + std::to_string(user);
    std::atomic<int> admitted = 0;
    run([&](int) {
      for (int call = 0; call < 20; ++call)
        if (auto reserved = Reservation::take(policy, {.user = name}, cents(10), now)) {
          reserved->settle(cents(10));
          ++admitted;
        }
    });
    ASSERT_EQ(admitted, 10) << name;
  }
  EXPECT_EQ(counters.live(), 200u);
}

// At every moment limit >= used + reserved, and in the end exactly what was settled is used, in every limit.
TEST_P(Threads, NeverOverspendAndLoseNothing) {
  LimitSpec each = budget("each", cents(400));
  each.each = by({"user"});
  Policy policy =
      policy_of({each, budget("all", usd(10)), rolling_budget("roll", usd(9), std::chrono::hours(5))}, counters);
  std::atomic<std::int64_t> settled = 0;
  std::atomic<bool> overspent = false;
  run([&](int i) {
    std::mt19937_64 random(static_cast<std::uint64_t>(i) + 1);
    for (int call = 0; call < 3000; ++call) {
      std::string user = "u" + std::to_string(random() % 4);
      Money estimate = cents(1 + static_cast<std::int64_t>(random() % 20));
      auto reserved = Reservation::take(policy, {.user = user}, estimate, now);
      for (const auto& state : states_for(policy, {.user = user}, now))
        if (state.used.units + state.reserved.units > state.amount.units) overspent = true;
      if (!reserved || random() % 3 == 0) continue;  // dropped before dispatch
      reserved->dispatched();
      Money used{static_cast<std::int64_t>(random() % 3) * estimate.nano_usd / 40};
      reserved->settle(used);
      settled += used.nano_usd;
    }
  });
  EXPECT_FALSE(overspent);
  auto states = all_states(policy, now, 100);
  std::int64_t by_user = 0;
  for (const auto& state : states) {
    EXPECT_EQ(state.reserved, Money{0});
    if (state.limit == "each") by_user += state.used.units;
    if (state.limit != "each") {
      EXPECT_EQ(state.used.units, settled) << state.limit;
    }
  }
  EXPECT_EQ(by_user, settled);
}

// All of a budget can be spent when every call settles less than it reserved.
TEST_P(Threads, SpendNearlyAllOfABudget) {
  Policy policy = policy_of({budget("day", usd(1)), budget("month", usd(1), Every::month)}, counters);
  run([&](int) {
    for (int call = 0; call < 2000; ++call)
      if (auto reserved = Reservation::take(policy, {}, cents(10), now)) reserved->settle(cents(1));
  });
  LimitState state = states_for(policy, {}, now)[0];
  EXPECT_LE(state.used, usd(1));
  EXPECT_GE(state.used, cents(91));
}

// Windows end, counters are swept and made again while calls go on; what each window admitted never passes its limit. A
// thread that sleeps until its window is closed counts in a later one, so such a call is looked at in the sum only.
TEST_P(Threads, SweepWhileOthersReserve) {
  LimitSpec spec = budget("each", cents(50), Every::minute);
  spec.each = by({"user"});
  Policy policy = policy_of({spec}, counters);
  constexpr int minutes = 100, users = 5;
  std::vector<std::atomic<int>> admitted(minutes * users);
  std::atomic<int> clock = 0, late = 0, refused = 0;
  run([&](int i) {
    std::mt19937_64 random(static_cast<std::uint64_t>(i) + 1);
    for (int minute = 0; (minute = clock.load()) < minutes;) {
      auto user = random() % users;
      WallTime moment = now + std::chrono::minutes(minute) + seconds(random() % 60);
      std::string name = "u" + std::to_string(user);
      if (auto reserved = Reservation::take(policy, {.user = name}, cents(10), moment)) {
        reserved->settle(cents(10));
        bool certain = clock.load() < minute + 2;  // a sweep at minute + 2 closes `minute`
        ++(certain ? admitted[static_cast<std::size_t>(minute * users) + user] : late);
      } else {
        ++refused;
      }
      if (i == 0 && random() % 40 == 0) {
        counters.sweep(now + std::chrono::minutes(minute));
        ++clock;
      }
    }
  });
  int sum = late;
  for (const auto& count : admitted) {
    EXPECT_LE(count.load(), 5);
    sum += count;
  }
  EXPECT_LE(sum, 5 * minutes * users);
  EXPECT_GT(refused, 0);
  counters.sweep(now + std::chrono::minutes(minutes + 10));
  EXPECT_EQ(counters.live(), 0u);
}

INSTANTIATE_TEST_SUITE_P(TwoAndEight, Threads, ::testing::Values(2, 8));

}  // namespace
}  // namespace tollgate
