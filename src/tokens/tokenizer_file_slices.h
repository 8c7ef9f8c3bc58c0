#pragma once
// Counts a long text by the operator's tokenizer a slice at a time, as tokens/slices.h does by a public encoding. A slice ends between words, or
// amid a word of more than 256 KiB; what a tokenizer does at a text's begin and end it does for each, so that a cut may add or take
// a few tokens: at most `cut_tokens`.

#include <cstdint>
#include <string>
#include <string_view>

#include "tokens/text_forms.h"
#include "tokens/tokenizer_file.h"

namespace tollgate {

class TokenizerFileSlices {
 public:
  static constexpr std::size_t slice_bytes = 16 * 1024;  // tokenizers of files are some times slower than ours
  static constexpr std::size_t word_bytes_max = 256 * 1024;

  static constexpr std::int64_t cut_tokens = 4;

  // Both must outlive it.
  TokenizerFileSlices(const TokenizerFile& tokenizer, std::string_view text, TextForm form) : tokenizer_(tokenizer), rest_(text), form_(form) {}
  TokenizerFileSlices(const TokenizerFileSlices&) = delete;
  TokenizerFileSlices& operator=(const TokenizerFileSlices&) = delete;

  bool done() const { return rest_.empty() && word_.empty(); }
  // REQUIRES: not done.
  void next();
  // Of what was counted so far.
  std::int64_t tokens() const { return tokens_; }

 private:
  void begin_word(std::string_view raw);
  void next_of_word();

  const TokenizerFile& tokenizer_;
  std::string_view rest_;
  TextForm form_;
  std::string written_;     // the word, where it is not as it stands in the text
  std::string_view word_;   // plain, longer than word_bytes_max when it began
  std::int64_t tokens_ = 0;
};

}  // namespace tollgate
