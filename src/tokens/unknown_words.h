#pragma once
// Words of a text that are no token and were not counted lately: they are gathered and merged together.
//
// Each merge of a word looks at places of tables that are larger than a core's cache, told by the merge before. The words make their merges
// in turn, one each, and ask for the memory of the next one: so they wait at the same time and not one after the other.

#include <array>
#include <cstdint>

#include "tokens/vocabulary.h"
#include "tokens/word_memory.h"

namespace tollgate {

// A word of up to 15 bytes while it is merged by the book: of all neighbours that are a token together, those with the smallest id.
class WordMerging {
 public:
  void begin(const Vocabulary& vocabulary, std::string_view word);
  // Makes one merge. False when there is none left.
  bool next(const Vocabulary& vocabulary);
  int count() const { return count_; }

 private:
  void look_at_neighbours(const Vocabulary& vocabulary);

  static constexpr int nowhere = -1;
  std::array<std::uint32_t, WordKey::bytes_max> ids_;
  std::array<std::uint32_t, WordKey::bytes_max> merged_;  // what each makes with the one right of it
  int count_ = 0;
  int changed_ = nowhere;  // whose neighbours have not been looked at
};

class UnknownWords {
 public:
  UnknownWords(const Vocabulary& vocabulary, WordMemory& memory) : vocabulary_(vocabulary), memory_(memory) {}

  void add(const WordKey& key, std::uint64_t hash) {
    Word& word = words_[count_++];
    word.key = key;
    word.hash = hash;
    if (count_ == words_.size()) finish();
  }
  // Merges all that are there.
  void finish();
  std::int64_t tokens() const { return tokens_; }

 private:
  struct Word {
    WordKey key;
    std::uint64_t hash;
    WordMerging merging;
  };

  const Vocabulary& vocabulary_;
  WordMemory& memory_;
  std::array<Word, 24> words_;
  std::size_t count_ = 0;
  std::int64_t tokens_ = 0;
};

}  // namespace tollgate
