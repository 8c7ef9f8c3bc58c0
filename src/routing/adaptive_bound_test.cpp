#include "routing/adaptive_bound.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

using namespace std::chrono_literals;

// A target that takes `capacity` calls at its usual speed and slows down in proportion beyond.
int found_for(int capacity) {
  AdaptiveBound bound;
  for (int i = 0; i < 20'300; ++i) {
    int in_flight = bound.bound(0);
    bound.answered(Duration(100ms) * std::max(in_flight, capacity) / capacity, in_flight);
  }
  return bound.bound(0);
}

TEST(AdaptiveBound, FindsWhatATargetTakes) {
  for (int capacity : {10, 50, 400}) {
    int found = found_for(capacity);
    EXPECT_GE(found, capacity) << capacity;
    EXPECT_LE(found, capacity * 3) << capacity;
  }
}

TEST(AdaptiveBound, AnswersOfAllLengthsDoNotShrinkIt) {
  AdaptiveBound bound;
  std::uint64_t random = 1;
  for (int i = 0; i < 20'300; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    int in_flight = bound.bound(0);
    Duration usual = milliseconds(20 + (random >> 33) % 400);
    bound.answered(usual * std::max(in_flight, 50) / 50, in_flight);
  }
  EXPECT_GE(bound.bound(0), 40);
}

TEST(AdaptiveBound, AFewCallsTeachNothing) {
  AdaptiveBound bound;
  for (int i = 0; i < 1000; ++i) bound.answered(100ms, 1);
  EXPECT_LE(bound.bound(0), AdaptiveBound::first);
}

TEST(AdaptiveBound, OverloadCutsItDownToTheLeast) {
  AdaptiveBound bound;
  for (int i = 0; i < 100; ++i) bound.answered(100ms, 1);
  EXPECT_EQ(bound.bound(0), AdaptiveBound::first);
  bound.overloaded();
  EXPECT_LT(bound.bound(0), AdaptiveBound::first);
  for (int i = 0; i < 100; ++i) bound.overloaded();
  EXPECT_EQ(bound.bound(0), AdaptiveBound::least);
}

TEST(AdaptiveBound, TheOperatorsBoundHolds) {
  AdaptiveBound bound;
  EXPECT_EQ(bound.bound(7), 7);
  EXPECT_LE(bound.bound(1000), AdaptiveBound::first);
}

}  // namespace
}  // namespace tollgate
