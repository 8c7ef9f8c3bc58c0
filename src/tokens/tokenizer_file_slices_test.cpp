#include "tokens/tokenizer_file_slices.h"

#include <gtest/gtest.h>

#include "tokens/tokenizer_file_for_test.h"

namespace tollgate {
namespace {

std::int64_t sliced(const TokenizerFile& tokenizer, std::string_view text, TextForm form, int& slices) {
  TokenizerFileSlices counting(tokenizer, text, form);
  for (slices = 0; !counting.done(); ++slices) counting.next();
  return counting.tokens();
}

TEST(TokenizerFileSlices, CountWhatTheWholeCounts) {
  std::string text;
  while (text.size() < 200'000) text += "hello world, hello";
  int slices = 0;
  auto bytes = TokenizerFile::read(tiny_byte_level).value(), spaces = TokenizerFile::read(tiny_metaspace()).value();
  EXPECT_EQ(sliced(*bytes, text, TextForm::plain, slices), bytes->count(text).tokens);
  EXPECT_GT(slices, 10);
  std::int64_t near = sliced(*spaces, text, TextForm::json, slices), whole = spaces->count_json(text).tokens;
  EXPECT_LE(std::abs(near - whole), slices * TokenizerFileSlices::cut_tokens);
}

TEST(TokenizerFileSlices, AWordWithoutAPlaceToCutIsCutBetweenCharacters) {
  auto bytes = TokenizerFile::read(tiny_byte_level).value();
  std::string word, escaped;
  while (word.size() < 600'000) word += "é", escaped += "\\u00e9";
  int slices = 0;
  for (TextForm form : {TextForm::plain, TextForm::json})
    EXPECT_EQ(sliced(*bytes, form == TextForm::json ? escaped : word, form, slices), bytes->count(word).tokens);
  EXPECT_GT(slices, 30);
  std::string broken(400'000, '\x80');  // no character begins anywhere
  sliced(*bytes, broken, TextForm::plain, slices);
  EXPECT_GT(slices, 20);
}

}  // namespace
}  // namespace tollgate
