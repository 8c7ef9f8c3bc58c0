#include "tokens/tokenizer_file_slices.h"

namespace tollgate {

void TokenizerFileSlices::next() {
  if (!word_.empty()) return next_of_word();
  std::string_view slice = rest_.substr(0, cut_of(rest_, form_, slice_bytes));
  rest_.remove_prefix(slice.size());
  if (slice.size() > word_bytes_max) return begin_word(slice);
  tokens_ += form_ == TextForm::json ? tokenizer_.count_json(slice).tokens : tokenizer_.count(slice).tokens;
}

void TokenizerFileSlices::begin_word(std::string_view raw) {
  word_ = raw;
  bool is_written = form_ == TextForm::json && raw.find('\\') != raw.npos;
  if (!is_written) return;
  written_.resize(raw.size());
  written_.resize(unescape(raw, written_.data()));
  word_ = written_;
}

void TokenizerFileSlices::next_of_word() {
  constexpr std::size_t character_max = 4;
  std::size_t size = std::min(word_.size(), slice_bytes);
  auto is_inside = [&](std::size_t at) { return at < word_.size() && (static_cast<unsigned char>(word_[at]) & 0xC0) == 0x80; };
  for (std::size_t back = 1; is_inside(size) && back < character_max; ++back) --size;
  tokens_ += tokenizer_.count(word_.substr(0, size)).tokens;
  word_.remove_prefix(size);
}

}  // namespace tollgate
