#include "routing/difficulty.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "json/scan.h"

namespace tollgate {
namespace {

const DifficultyModel& model() { return DifficultyModel::shipped(); }

TEST(Difficulty, SaysWhatItsTrainerSaid) {
  std::ifstream file(TOLLGATE_DIFFICULTY_SAMPLES);
  int seen = 0;
  for (std::string line; std::getline(file, line); ++seen) {
    auto root = json::scan(line);
    ASSERT_TRUE(root) << line;
    std::string text = json::find(*root, "text")->string().value_or("");
    double wanted = std::stod(std::string(json::find(*root, "score")->raw));
    EXPECT_NEAR(model().score(text), wanted, 0.002) << line.substr(0, 80);
  }
  EXPECT_GE(seen, 10);
}

TEST(Difficulty, ThresholdsFallAsQualityGrows) {
  EXPECT_EQ(model().threshold(0), 1);
  EXPECT_EQ(model().threshold(1), 0);
  for (float quality = 0; quality < 1; quality += 0.01f) EXPECT_GE(model().threshold(quality), model().threshold(quality + 0.01f));
}

TEST(Difficulty, HardQuestionsScoreHigherThanGreetings) {
  float hard = model().score("A train leaves at 3:15 pm at 62 miles per hour and another leaves 25 minutes later at 74 miles per hour. After how many hours does the second one catch up, and how many miles have they gone?");
  EXPECT_GT(hard, model().score("Hello, how are you?"));
  EXPECT_GT(hard, 0.7f);
}

// Spaces, case and a greeting do not turn a choice at the usual quality.
TEST(Difficulty, TrivialChangesMoveItLittle) {
  std::string question = "Which enzyme unwinds the double helix during the replication of DNA?";
  float as_it_is = model().score(question);
  std::string loud = question, wide = question;
  std::transform(loud.begin(), loud.end(), loud.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  wide.replace(wide.find(' '), 1, "   ");
  EXPECT_NEAR(model().score(loud), as_it_is, 0.001f);
  EXPECT_NEAR(model().score(wide), as_it_is, 0.05f);
}

TEST(Difficulty, AnyBytesAreScored) {
  for (const std::string& text : {std::string(100'000, 'x'), std::string(100'000, '\xFF'), std::string(10'000, ' '), std::string("\0a\0b", 4), std::string(20'000, '9')}) {
    float score = model().score(text);
    EXPECT_TRUE(score >= 0 && score <= 1);
  }
  std::string words;
  for (int i = 0; i < 20'000; ++i) words += "a ";
  EXPECT_LE(model().score(words), 1);
}

TEST(Difficulty, WhatIsNoSuchFileIsRefused) {
  EXPECT_FALSE(DifficultyModel::read(""));
  EXPECT_FALSE(DifficultyModel::read("TGDIFF01"));
  std::string cut(4096, '\0');
  std::copy_n("TGDIFF01", 8, cut.begin());
  EXPECT_FALSE(DifficultyModel::read(cut));
}

}  // namespace
}  // namespace tollgate
