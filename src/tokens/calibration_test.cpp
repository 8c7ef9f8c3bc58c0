#include "tokens/calibration.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tokens/samples_for_test.h"

namespace tollgate {
namespace {

TEST(Calibration, ChangesNothingBeforeTheFirstReport) { EXPECT_EQ(Calibration().corrected({.tokens = 100}), 100); }

TEST(Calibration, LearnsATokenizerFromLongPrompts) {
  Calibration calibration;
  Dice dice(7);
  for (int i = 0; i < 200; ++i) {
    auto tokens = static_cast<std::int64_t>(2000 + dice.below(8000));
    calibration.saw({.tokens = tokens}, tokens * 6 / 5);
  }
  EXPECT_NEAR(static_cast<double>(calibration.corrected({.tokens = 5000})), 6000, 30);
}

// A host with a prompt of its own of 168 tokens, as xAI has it.
TEST(Calibration, LearnsAHostsPromptFromOneShortCall) {
  Calibration calibration;
  calibration.saw({.tokens = 7}, 7 + 168);
  EXPECT_EQ(calibration.corrected({.tokens = 20}), 20 + 168);
  calibration.saw({.tokens = 9}, 9 + 168);
  EXPECT_EQ(calibration.corrected({.tokens = 5000}), 5000 + 168) << "not a factor of 25";
}

TEST(Calibration, AFewTokensAreBelievedWhenTheyComeAgain) {
  Calibration calibration;
  calibration.saw({.tokens = 10}, 13);
  EXPECT_EQ(calibration.corrected({.tokens = 10}), 10);
  calibration.saw({.tokens = 10}, 13);
  EXPECT_EQ(calibration.corrected({.tokens = 10}), 13);
  EXPECT_EQ(calibration.corrected({.tokens = 5000}), 5003);
}

TEST(Calibration, ToolsHaveAPromptOfTheirOwn) {
  Calibration calibration;
  for (int i = 0; i < 5; ++i) {
    calibration.saw({.tokens = 10}, 10);
    calibration.saw({.tokens = 100, .tools = true}, 700);
  }
  EXPECT_EQ(calibration.corrected({.tokens = 12}), 12);
  EXPECT_EQ(calibration.corrected({.tokens = 120, .tools = true}), 720);
}

TEST(Calibration, BeforeTheFirstReportOfToolsWhatTextsTaughtHolds) {
  Calibration calibration;
  for (int i = 0; i < 3; ++i) calibration.saw({.tokens = 10}, 50);
  EXPECT_EQ(calibration.corrected({.tokens = 100, .tools = true}), 140);
}

TEST(Calibration, WhatWasGuessedTeachesNothing) {
  Calibration calibration;
  calibration.saw({.tokens = 10'000, .unsure = 9'900}, 500);
  EXPECT_EQ(calibration.corrected({.tokens = 100}), 100);
}

TEST(Calibration, AStrayReportChangesNothing) {
  Calibration calibration;
  for (int i = 0; i < 20; ++i) calibration.saw({.tokens = 100}, 105);
  calibration.saw({.tokens = 100}, 100'000);
  EXPECT_EQ(calibration.corrected({.tokens = 100}), 105);
}

TEST(Calibration, FollowsAChange) {
  Calibration calibration;
  for (int i = 0; i < 500; ++i) calibration.saw({.tokens = 1000}, 1000);
  for (int i = 0; i < 17; ++i) calibration.saw({.tokens = 1000}, 2000);  // more than half of those it keeps
  EXPECT_EQ(calibration.corrected({.tokens = 1000}), 2000);
}

TEST(Calibration, LeavesOutWhatSaysNothing) {
  Calibration calibration;
  for (int i = 0; i < 3; ++i) {
    calibration.saw({.tokens = 0}, 10);
    calibration.saw({.tokens = 10}, 0);
    calibration.saw({.tokens = 10}, -1);
    calibration.saw({.tokens = 1}, INT64_MAX);
    calibration.saw({.tokens = INT64_MAX}, 1);
  }
  EXPECT_EQ(calibration.corrected({.tokens = 100}), 100);
}

// Whatever is reported, an estimate stays a number of tokens.
TEST(Calibration, StaysWithinBounds) {
  Dice dice(9);
  Calibration calibration;
  for (int i = 0; i < 20'000; ++i) {
    auto any = [&] { return std::int64_t{1} << dice.below(40); };
    calibration.saw({.tokens = any(), .unsure = static_cast<std::int64_t>(dice.below(1000)), .tools = dice.below(2) == 0}, any());
    std::int64_t found = calibration.corrected({.tokens = any(), .tools = dice.below(2) == 0});
    ASSERT_GE(found, 1) << i;
    ASSERT_LE(found, std::int64_t{1} << 41) << i;
  }
  EXPECT_GE(calibration.corrected({.tokens = INT64_MAX}), 1);
}

TEST(Calibration, IsSharedByThreads) {
  Calibration calibration;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 2000; ++j) {
        calibration.saw({.tokens = 1000}, 1200);
        std::int64_t found = calibration.corrected({.tokens = 1000});
        EXPECT_TRUE(found == 1000 || found == 1200) << found;
      }
    });
  threads.clear();
  EXPECT_EQ(calibration.corrected({.tokens = 1000}), 1200);
}

}  // namespace
}  // namespace tollgate
