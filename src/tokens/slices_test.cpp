#include "tokens/slices.h"

#include <gtest/gtest.h>

#include "tokens/samples_for_test.h"

namespace tollgate {
namespace {

std::int64_t in_slices(const Encoding& encoding, std::string_view text, TextForm form, int* slice_count = nullptr) {
  Slices slices(encoding, text, form);
  int count = 0;
  for (; !slices.done(); ++count) slices.next();
  if (slice_count != nullptr) *slice_count = count;
  return slices.tokens();
}

TEST(Slices, CountWhatTheWholeCounts) {
  for (std::size_t seed = 0; seed < 8; ++seed) {
    std::string text;
    for (std::size_t i = 0; text.size() < 300'000; ++i) text += sample_text(1000 * seed + i);
    for (const Encoding* encoding : {&Encoding::o200k_base(), &Encoding::cl100k_base(), &Encoding::of(EncodingId::p50k_base)}) {
      auto whole = encoding->count(text);
      EXPECT_EQ(in_slices(*encoding, text, TextForm::plain), whole) << seed;
      EXPECT_EQ(in_slices(*encoding, escaped(text), TextForm::json), whole) << seed;
    }
  }
}

TEST(Slices, DivideWordsOfAnyLength) {
  for (std::string_view unit : {"a", " ", "\n", "_", "的", "我们的人民", "\"", "\xFF"}) {
    std::string text = repeated(unit, 500'000) + " end";
    int count = 0;
    auto whole = Encoding::o200k_base().count(text);
    EXPECT_EQ(in_slices(Encoding::o200k_base(), text, TextForm::plain, &count), whole) << unit;
    EXPECT_EQ(in_slices(Encoding::o200k_base(), escaped(text), TextForm::json), whole) << unit;
  }
}

TEST(Slices, AreManyForOneLongWord) {
  int count = 0;
  in_slices(Encoding::o200k_base(), std::string(2'000'000, 'a'), TextForm::plain, &count);
  EXPECT_GT(count, 20);
}

TEST(Slices, OfNothingAreDone) { EXPECT_TRUE(Slices(Encoding::o200k_base(), "", TextForm::plain).done()); }

// Whatever place is said to be one, both halves together count what the whole counts.
TEST(CutOf, NeverChangesTheCount) {
  for (std::size_t seed = 0; seed < 12; ++seed) {
    std::string text = sample_text(seed), raw = escaped(text);
    for (std::size_t at_most = 1; at_most < text.size(); at_most += 7)
      for (std::size_t i = 0; i < encoding_count; ++i) {
        const Encoding& encoding = Encoding::of(static_cast<EncodingId>(i));
        std::size_t cut = cut_of(text, TextForm::plain, at_most), raw_cut = cut_of(raw, TextForm::json, at_most);
        std::string_view whole(text), raw_whole(raw);
        ASSERT_EQ(encoding.count(whole.substr(0, cut)) + encoding.count(whole.substr(cut)), encoding.count(whole)) << seed << " " << cut;
        ASSERT_EQ(encoding.count_json(raw_whole.substr(0, raw_cut)) + encoding.count_json(raw_whole.substr(raw_cut)), encoding.count(whole)) << seed << " " << raw_cut;
      }
  }
}

}  // namespace
}  // namespace tollgate
