#include "tokens/estimator.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tokens/calibration.h"
#include "tokens/samples_for_test.h"

namespace tollgate {
namespace {

TextShape shape(std::string_view text) { return shape_of(text, TextForm::plain); }

TEST(ShapeOf, CountsTheParts) {
  TextShape found = shape("The budget's 1234 naïve\n\nнет 预算 ميز टीम 😀 !extraordinary");
  EXPECT_EQ(found[ShapePart::words], 5);
  EXPECT_EQ(found[ShapePart::more_letters], 7);
  EXPECT_EQ(found[ShapePart::accents], 1);
  EXPECT_EQ(found[ShapePart::digits], 4);
  EXPECT_EQ(found[ShapePart::signs], 2);
  EXPECT_EQ(found[ShapePart::lines], 1);
  EXPECT_EQ(found[ShapePart::greek], 3);
  EXPECT_EQ(found[ShapePart::wide], 2);
  EXPECT_EQ(found[ShapePart::semitic], 3);
  EXPECT_EQ(found[ShapePart::indic], 3);
  EXPECT_EQ(found[ShapePart::others], 1);
}

TEST(ShapeOf, LooksThroughEscapes) {
  for (std::size_t seed = 0; seed < 50; ++seed) EXPECT_EQ(shape_of(escaped(sample_text(seed)), TextForm::json), shape(sample_text(seed))) << seed;
  EXPECT_EQ(shape_of(R"(\u9884\uD83D\uDE00)", TextForm::json), shape("预😀"));
}

TEST(TokenFamilyOf, KnowsTheMakerWhoeverHosts) {
  EXPECT_EQ(token_family_of("claude-sonnet-4-5"), TokenFamily::anthropic);
  EXPECT_EQ(token_family_of("us.anthropic.claude-haiku-4-5-20251001-v1:0"), TokenFamily::anthropic);
  EXPECT_EQ(token_family_of("google/gemini-2.5-flash"), TokenFamily::gemini);
  EXPECT_EQ(token_family_of("meta-llama/Llama-4-Scout"), TokenFamily::llama);
  EXPECT_EQ(token_family_of("openai/gpt-oss-120b"), TokenFamily::gpt_oss);
  EXPECT_EQ(token_family_of("gpt-6-sol"), TokenFamily::openai);
  EXPECT_EQ(token_family_of("some-model"), TokenFamily::other);
  EXPECT_EQ(token_family_of(""), TokenFamily::other);
}

TEST(Estimate, IsNearForProseInAllFamilies) {
  std::string text = repeated("The budget of a team is shared by its members, and when it is spent, requests wait for the next month. ", 20);
  for (std::size_t i = 0; i < token_family_count; ++i) {
    TokenEstimate found = estimate(static_cast<TokenFamily>(i), {.text = shape(text), .messages = 1});
    EXPECT_GT(found.median, 250) << name_of(static_cast<TokenFamily>(i));
    EXPECT_LT(found.median, 750) << name_of(static_cast<TokenFamily>(i));
    EXPECT_GE(found.upper, found.median);
  }
}

TEST(Estimate, GrowsWithEveryPart) {
  for (std::size_t i = 0; i < token_family_count; ++i)
    for (std::string_view text : {"word ", "1", "!", "нет", "预算", "ميز", "टीम", "😀"}) {
      auto family = static_cast<TokenFamily>(i);
      EXPECT_GT(estimate(family, {.text = shape(repeated(text, 200))}).median, estimate(family, {.text = shape(repeated(text, 100))}).median) << text;
    }
}

TEST(Calibration, ChangesNothingBeforeTheFirstReport) {
  TokenEstimate found = Calibration().corrected({100, 150});
  EXPECT_EQ(found.median, 100);
  EXPECT_EQ(found.upper, 150);
}

TEST(Calibration, LearnsWhatAProviderCounts) {
  Calibration calibration;
  Dice dice(7);
  for (int i = 0; i < 2000; ++i) calibration.saw(1000, 1400 + static_cast<std::int64_t>(dice.below(200)));
  TokenEstimate found = calibration.corrected({1000, 5000});
  EXPECT_NEAR(static_cast<double>(found.median), 1500, 60);
  EXPECT_GE(found.upper, 1590);
  EXPECT_LE(found.upper, 2000);
}

TEST(Calibration, HoldsItsUpperBound) {
  Calibration calibration;
  Dice dice(8);
  int above = 0;
  for (int i = 0; i < 5000; ++i) {
    auto reported = static_cast<std::int64_t>(600 + dice.below(400) + (dice.below(100) == 0 ? 500 : 0));
    if (i >= 200 && reported > calibration.corrected({1000, 1000}).upper) ++above;
    calibration.saw(1000, reported);
  }
  EXPECT_LT(above, 100);
}

TEST(Calibration, FollowsAChange) {
  Calibration calibration;
  for (int i = 0; i < 500; ++i) calibration.saw(1000, 1000);
  for (int i = 0; i < 500; ++i) calibration.saw(1000, 2000);
  EXPECT_NEAR(static_cast<double>(calibration.corrected({1000, 1000}).median), 2000, 100);
}

TEST(Calibration, LeavesOutWhatSaysNothing) {
  Calibration calibration;
  calibration.saw(0, 10);
  calibration.saw(10, 0);
  calibration.saw(10, -1);
  EXPECT_EQ(calibration.count(), 0u);
  calibration.saw(1, INT64_MAX);
  EXPECT_LE(calibration.corrected({100, 100}).upper, 4000);
}

TEST(Calibration, IsSharedByThreads) {
  Calibration calibration;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 2000; ++j) calibration.saw(1000, 1200);
    });
  threads.clear();
  EXPECT_EQ(calibration.count(), 8000u);
  EXPECT_NEAR(static_cast<double>(calibration.corrected({1000, 1000}).median), 1200, 20);
}

}  // namespace
}  // namespace tollgate
