#include "routing/breaker.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

using namespace std::chrono_literals;

constexpr BreakerConfig rule{.failures = 3, .share = percent(50), .window = 10s, .open_for = 4s};
constexpr std::uint64_t lucky = 0, unlucky = UINT64_MAX;  // of the random numbers, in the ramp

struct Watched {
  Breaker breaker;
  Instant now{1'000'000'000'000};

  void pass(Duration time) { now = now + time; }
  bool enter(std::uint64_t random = unlucky) { return breaker.enter(now, random, rule); }
  void fail(int times = 1) {
    for (int i = 0; i < times; ++i) breaker.failed(now, rule);
  }
  void succeed(int times = 1) {
    for (int i = 0; i < times; ++i) breaker.succeeded(now, rule);
  }
};

TEST(Breaker, OpensAtSoManyFailuresWithinTheWindow) {
  Watched w;
  w.fail(2);
  EXPECT_TRUE(w.enter());
  w.fail();
  EXPECT_FALSE(w.enter());
  EXPECT_EQ(w.breaker.state(w.now), Breaker::State::open);
  EXPECT_EQ(w.breaker.closed_for(w.now), 4s);
}

TEST(Breaker, OpensAtManyFailuresInARowHoweverMuchWentWellBefore) {
  Watched w;
  w.succeed(10'000);
  w.fail(11);
  EXPECT_TRUE(w.enter());
  w.succeed(1);
  w.fail(11);
  EXPECT_TRUE(w.enter());
  w.fail(1);
  EXPECT_FALSE(w.enter());
}

TEST(Breaker, StaysClosedWhileMostCallsSucceed) {
  Watched w;
  w.succeed(20);
  w.fail(10);
  EXPECT_TRUE(w.enter());
  w.fail(10);
  EXPECT_FALSE(w.enter());
}

TEST(Breaker, ForgetsFailuresThatAreOlderThanTheWindow) {
  Watched w;
  w.fail(2);
  w.pass(11s);
  w.fail(2);
  EXPECT_TRUE(w.enter());
}

TEST(Breaker, LetsOneCallProbeAndOpensAgainWhenThatFails) {
  Watched w;
  w.fail(3);
  w.pass(4s);
  EXPECT_EQ(w.breaker.state(w.now), Breaker::State::half_open);
  EXPECT_TRUE(w.enter());
  EXPECT_FALSE(w.enter());
  w.fail();
  EXPECT_FALSE(w.enter());
  w.pass(3s);
  EXPECT_FALSE(w.enter());
  w.pass(1s);
  EXPECT_TRUE(w.enter());
}

TEST(Breaker, GivesTheProbesPlaceToAnotherWhenItNeverComesBack) {
  Watched w;
  w.fail(3);
  w.pass(4s);
  EXPECT_TRUE(w.enter());
  w.pass(4s);
  EXPECT_TRUE(w.enter());
  EXPECT_FALSE(w.enter());
}

TEST(Breaker, LetsMoreAndMorePassAfterTheProbe) {
  Watched w;
  w.fail(3);
  w.pass(4s);
  ASSERT_TRUE(w.enter());
  w.succeed();
  auto share = [&] {
    int passed = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) passed += w.enter(UINT64_MAX / 1000 * i) ? 1 : 0;
    return passed;
  };
  EXPECT_NEAR(share(), 100, 10);
  w.pass(2s);
  EXPECT_NEAR(share(), 550, 10);
  w.pass(2s);
  EXPECT_EQ(share(), 1000);
  EXPECT_EQ(w.breaker.state(w.now), Breaker::State::closed);
}

TEST(Breaker, OneFailureInTheRampOpensItAgain) {
  Watched w;
  w.fail(3);
  w.pass(4s);
  ASSERT_TRUE(w.enter());
  w.succeed();
  ASSERT_TRUE(w.enter(lucky));
  w.fail();
  EXPECT_EQ(w.breaker.state(w.now), Breaker::State::open);
}

}  // namespace
}  // namespace tollgate
