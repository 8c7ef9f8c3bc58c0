#pragma once
// How much a question would gain from a more capable model, told from its text alone: in this process, in some 20 microseconds, without
// memory. Learned by tools/difficulty/train.py from recorded outcomes; how well it does is docs/difficulty-report.md, the file's form
// docs/formats/difficulty.md.
//
//   text     hashed words and pairs of words (tf-idf), linear
//   topic    hashed words against the topics that it was taught; each topic's mean gain, by their probability
//   surface  counts: length, numbers, sentences, …; one line for school arithmetic, one for the rest
//
// The sum is turned into its rank among the questions that it learned from.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tollgate {

// What is counted in a text, in the order of tools/difficulty/features.py.
constexpr std::size_t surface_count = 13;
using Surface = std::array<float, surface_count>;

class DifficultyModel {
 public:
  // The bytes must outlive it. Error: invalid_request, for what is no such file.
  static Result<DifficultyModel> read(std::string_view file);
  // The one in this program.
  static const DifficultyModel& shipped();

  // From 0 to 1, larger for questions that gain more. Looks at the first 8,000 bytes.
  float score(std::string_view text) const;
  // The score from which on questions go to the capable tier, so that this share (0 to 1) of its gain in quality is kept.
  float threshold(float quality) const;

 private:
  struct Bags;
  float text_part(const Bags& bags) const;
  float topic_part(const Bags& bags, float& arithmetic) const;
  float rank_of(float sum) const;

  std::uint32_t topics_ = 0, arithmetic_ = 0;
  float text_scale_ = 0, topic_scale_ = 0;
  std::vector<float> topic_bias_, topic_gain_, middle_, spread_, plain_, sums_, stack_middle_, stack_spread_, stack_, ranks_, thresholds_;
  const std::uint8_t* text_idf_ = nullptr;
  const std::int8_t* text_ = nullptr;
  const std::uint8_t* word_idf_ = nullptr;
  const std::int8_t* topic_ = nullptr;  // by bucket, then topic
};

}  // namespace tollgate
