#include "routing/plan.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

using namespace std::chrono_literals;

constexpr Duration plenty = 60s;
constexpr std::uint64_t most = UINT64_MAX;  // of the random numbers: the longest back-off

Target target(std::string name, int keys = 1) {
  Target out;
  out.provider = std::move(name);
  for (int i = 0; i < keys; ++i) out.keys.push_back({.name = std::to_string(i), .secret = {}, .weight = 1});
  return out;
}

// Two targets of the route that is asked for, and one of its fallback.
struct World {
  Target first = target("first"), second = target("second"), spare = target("spare");
  Route fallback{.name = "fallback", .targets = {&spare}, .fallback = {}, .fallback_on = {}, .retry = {}};
  Route route{.name = "asked",
              .targets = {&first, &second},
              .fallback = {&fallback},
              .fallback_on = RouteConfig{}.fallback_on,
              .retry = {.attempts = 5, .backoff = 200ms, .max_backoff = 5s}};
};

Error error_of(Fault fault, Retry retry = Retry::next_target, std::string code = {}) {
  return {.fault = fault, .retry = retry, .code = std::move(code)};
}

const Error overloaded = error_of(Fault::upstream_overloaded);
const Error rate_limited = error_of(Fault::upstream_rate_limited, Retry::next_credential);

AttemptCursor::Next fails(AttemptCursor& cursor, const Error& error, AttemptPhase phase = AttemptPhase::first_token) {
  return cursor.after(error, phase, most, plenty);
}

TEST(Plan, HoldsTheRoutesOwnTargetsThenThoseOfItsFallbacks) {
  World w;
  Plan plan = make_plan(w.route);
  ASSERT_EQ(plan.count, 3U);
  EXPECT_EQ(plan.candidates[0].target, &w.first);
  EXPECT_EQ(plan.candidates[1].target, &w.second);
  EXPECT_EQ(plan.candidates[2].target, &w.spare);
  EXPECT_EQ(plan.candidates[2].route, &w.fallback);
}

TEST(Plan, NamesEachTargetOnce) {
  World w;
  w.fallback.targets = {&w.second, &w.spare};
  w.fallback.fallback = {&w.fallback};  // a circle is refused at load; here it must at least end
  EXPECT_EQ(make_plan(w.route).count, 3U);
}

TEST(Plan, IsBounded) {
  World w;
  std::vector<Target> many(2 * plan_max);
  for (Target& one : many) w.route.targets.push_back(&one);
  EXPECT_EQ(make_plan(w.route).count, plan_max);
}

TEST(AttemptCursor, GoesFromTargetToTargetAndThenToTheFallback) {
  World w;
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  EXPECT_EQ(cursor.target().provider, "first");
  EXPECT_TRUE(fails(cursor, overloaded).go);
  EXPECT_EQ(cursor.target().provider, "second");
  auto next = fails(cursor, overloaded);
  EXPECT_TRUE(next.go);
  EXPECT_EQ(next.after, Duration(0));
  EXPECT_EQ(cursor.target().provider, "spare");
}

TEST(AttemptCursor, TriesTheSameAgainAfterABackOffOnlyWhenNothingElseIsLeft) {
  World w;
  w.route.targets = {&w.first};
  w.route.fallback.clear();
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  auto next = fails(cursor, overloaded);
  EXPECT_TRUE(next.go);
  EXPECT_GT(next.after, 199ms);
  EXPECT_EQ(cursor.target().provider, "first");
}

TEST(AttemptCursor, AsksTheNextKeyOfTheSameTargetWithoutCountingIt) {
  World w;
  w.first = target("first", 3);
  w.route.retry.attempts = 0;
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  for (std::string_view key : {"1", "2"}) {
    EXPECT_TRUE(fails(cursor, rate_limited).go);
    EXPECT_EQ(cursor.target().provider, "first");
    EXPECT_EQ(cursor.key()->name, key);
  }
  EXPECT_EQ(cursor.further_attempts(), 0);
  EXPECT_FALSE(fails(cursor, rate_limited).go);
}

TEST(AttemptCursor, ASecondTargetBeginsWithItsFirstKey) {
  World w;
  w.first = target("first", 2);
  w.second = target("second", 2);
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  fails(cursor, rate_limited);
  fails(cursor, rate_limited);
  EXPECT_EQ(cursor.target().provider, "second");
  EXPECT_EQ(cursor.key()->name, "0");
}

TEST(AttemptCursor, ATargetWithoutKeysSendsNone) {
  World w;
  w.first = target("first", 0);
  Plan plan = make_plan(w.route);
  EXPECT_EQ(AttemptCursor(plan, w.route.retry).key(), nullptr);
}

TEST(AttemptCursor, EndsWhenTheFurtherAttemptsAreUsedUp) {
  World w;
  w.route.retry.attempts = 2;
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  EXPECT_TRUE(fails(cursor, overloaded).go);
  EXPECT_TRUE(fails(cursor, overloaded).go);
  EXPECT_FALSE(fails(cursor, overloaded).go);
}

TEST(AttemptCursor, NeverRepeatsACallThatIsWrong) {
  World w;
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  EXPECT_FALSE(fails(cursor, error_of(Fault::upstream_rejected, Retry::never, "invalid_value")).go);
}

TEST(AttemptCursor, NeverGoesOnAfterAWrongCertificateOrAClientThatLeft) {
  World w;
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  EXPECT_FALSE(fails(cursor, error_of(Fault::upstream_unreachable, Retry::never), AttemptPhase::connect).go);
  EXPECT_FALSE(fails(cursor, error_of(Fault::client_gone, Retry::never)).go);
  EXPECT_FALSE(fails(cursor, error_of(Fault::deadline, Retry::never)).go);
}

TEST(AttemptCursor, AsksAnotherTargetWhenTheContextIsTooLongButNotTheSameAgain) {
  World w;
  w.route.fallback.clear();
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  Error too_long = error_of(Fault::upstream_rejected, Retry::never, "context_length_exceeded");
  EXPECT_TRUE(fails(cursor, too_long).go);
  EXPECT_EQ(cursor.target().provider, "second");
  EXPECT_FALSE(fails(cursor, too_long).go);
}

TEST(AttemptCursor, TakesNoFilteredCallElsewhereUnlessTheRouteSaysSo) {
  World w;
  Error filtered = error_of(Fault::upstream_rejected, Retry::never, "content_filter");
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  EXPECT_FALSE(fails(cursor, filtered).go);

  w.route.fallback_on = {FallbackCause::content_filter};
  AttemptCursor allowed(plan, w.route.retry);
  EXPECT_TRUE(fails(allowed, filtered).go);
  EXPECT_EQ(allowed.target().provider, "second");
}

TEST(AttemptCursor, StaysWhereItIsWhenTheCauseIsNotOneOfFallbackOn) {
  World w;
  w.route.fallback_on = {FallbackCause::timeout};
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  EXPECT_TRUE(fails(cursor, overloaded).go);
  EXPECT_EQ(cursor.target().provider, "first");
  EXPECT_TRUE(fails(cursor, error_of(Fault::upstream_timeout)).go);
  EXPECT_EQ(cursor.target().provider, "second");
}

TEST(AttemptCursor, RepeatsACallWhoseOutcomeNobodyKnowsOnceAtMost) {
  World w;
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  Error reset = error_of(Fault::upstream_unreachable);
  EXPECT_TRUE(fails(cursor, reset, AttemptPhase::first_byte).go);
  EXPECT_FALSE(fails(cursor, reset, AttemptPhase::first_byte).go);
}

TEST(AttemptCursor, RepeatsACallWhoseAnswerCouldNotBeUsedOnceAtMost) {
  World w;
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  EXPECT_TRUE(fails(cursor, error_of(Fault::upstream_protocol)).go);
  EXPECT_FALSE(fails(cursor, error_of(Fault::upstream_truncated)).go);
}

TEST(AttemptCursor, ACallThatWasNeverSentMayBeRepeatedFreely) {
  World w;
  Plan plan = make_plan(w.route);
  AttemptCursor cursor(plan, w.route.retry);
  Error refused = error_of(Fault::upstream_unreachable);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(fails(cursor, refused, AttemptPhase::connect).go) << i;
}

struct Alone : World {
  Alone() {
    route.targets = {&first};
    route.fallback.clear();
    plan = make_plan(route);
  }
  Plan plan;
};

TEST(AttemptCursor, TheBoundOfTheBackOffDoublesUpToItsMaximum) {
  Alone w;
  w.route.retry = {.attempts = 5, .backoff = 200ms, .max_backoff = 1s};
  AttemptCursor cursor(w.plan, w.route.retry);
  for (Duration bound : {200ms, 400ms, 800ms, 1000ms, 1000ms}) {
    Duration after = fails(cursor, overloaded).after;
    EXPECT_LT(after, bound);
    EXPECT_GT(after, bound - 1us);
  }
}

TEST(AttemptCursor, TheBackOffIsAnywhereBelowItsBound) {
  Alone w;
  AttemptCursor cursor(w.plan, w.route.retry);
  EXPECT_EQ(cursor.after(overloaded, AttemptPhase::first_token, 0, plenty).after, Duration(0));
  EXPECT_EQ(cursor.after(overloaded, AttemptPhase::first_token, most / 2 + 1, plenty).after, 200ms);
}

TEST(AttemptCursor, WaitsAtLeastAsLongAsTheProviderSaid) {
  Alone w;
  AttemptCursor cursor(w.plan, w.route.retry);
  Error later = rate_limited;
  later.retry_after = 3s;
  EXPECT_EQ(fails(cursor, later).after, 3s);
}

TEST(AttemptCursor, DoesNotWaitLongerThanTheRequestHas) {
  Alone w;
  AttemptCursor cursor(w.plan, w.route.retry);
  Error later = rate_limited;
  later.retry_after = 3s;
  EXPECT_FALSE(cursor.after(later, AttemptPhase::first_token, 0, 3s).go);
}

}  // namespace
}  // namespace tollgate
