#include "tokens/unknown_words.h"

#include <algorithm>
#include <span>

namespace tollgate {

void WordMerging::begin(const Vocabulary& vocabulary, std::string_view word) {
  count_ = static_cast<int>(word.size());
  changed_ = nowhere;
  for (std::size_t i = 0; i < word.size(); ++i) {
    ids_[i] = vocabulary.id_of_byte(word[i]);
    merged_[i] = i + 1 < word.size() ? vocabulary.merged_bytes(word[i], word[i + 1]) : Pairs::none;
  }
}

void WordMerging::look_at_neighbours(const Vocabulary& vocabulary) {
  auto at = static_cast<std::size_t>(changed_);
  if (changed_ > 0) merged_[at - 1] = vocabulary.merged(ids_[at - 1], ids_[at]);
  merged_[at] = changed_ + 1 < count_ ? vocabulary.merged(ids_[at], ids_[at + 1]) : Pairs::none;
}

bool WordMerging::next(const Vocabulary& vocabulary) {
  if (changed_ != nowhere) look_at_neighbours(vocabulary);
  auto end = merged_.begin() + count_;
  auto first = std::min_element(merged_.begin(), end);
  if (*first == Pairs::none) return false;
  std::ptrdiff_t at = first - merged_.begin();
  ids_[static_cast<std::size_t>(at)] = *first;
  std::copy(ids_.begin() + at + 2, ids_.begin() + count_, ids_.begin() + at + 1);
  std::copy(first + 2, end, first + 1);
  --count_;
  changed_ = static_cast<int>(at);
  if (at > 0) vocabulary.prefetch(ids_[static_cast<std::size_t>(at) - 1], ids_[static_cast<std::size_t>(at)]);
  if (at + 1 < count_) vocabulary.prefetch(ids_[static_cast<std::size_t>(at)], ids_[static_cast<std::size_t>(at) + 1]);
  return true;
}

void UnknownWords::finish() {
  auto words = std::span(words_).first(count_);
  for (Word& word : words) word.merging.begin(vocabulary_, word.key.text());
  for (bool any = true; any;) {
    any = false;
    for (Word& word : words) any |= word.merging.next(vocabulary_);
  }
  for (Word& word : words) {
    tokens_ += word.merging.count();
    memory_.put(word.key, word.hash, word.merging.count());
  }
  count_ = 0;
}

}  // namespace tollgate
