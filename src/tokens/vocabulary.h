#pragma once
// The tokens of an encoding and what is asked about them, built from its file in some 20 milliseconds. A token's id is its rank: of two
// merges that are possible, the one with the smaller id is made first. Never changes afterwards: all threads use one.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tokens/huge_pages.h"
#include "tokens/pairs.h"
#include "tokens/trie.h"
#include "tokens/words.h"

namespace tollgate {

class Vocabulary {
 public:
  static constexpr std::size_t token_bytes_max = 128;

  // docs/formats/tokens.md. Only tokens below `limit` are taken. Error: internal, for what is no such file.
  static Result<Vocabulary> read(std::string_view file, std::uint32_t limit);

  bool is_token(const WordKey& key, std::uint64_t hash) const { return words_.has(key, hash); }
  const Words& words() const { return words_; }
  const Trie& trie() const { return trie_; }
  std::size_t size_of(std::uint32_t token) const { return sizes_[token]; }
  // Whether the two stay two when nothing else stands around them.
  bool stay_apart(std::uint32_t left, std::uint32_t right) const;
  std::size_t count() const { return sizes_.size(); }

 private:
  explicit Vocabulary(std::size_t count) : words_(count), pairs_(count), sizes_(count), splits_(count) {}

  void add_words(std::span<const std::string_view> texts, std::span<const std::uint32_t> ids);

  // A token's last merge; nothing for a single byte.
  struct Split {
    std::uint32_t left, right;
  };

  Words words_;
  Pairs pairs_;
  Trie trie_;
  std::vector<std::uint8_t> sizes_;
  HugeVector<Split> splits_;
};

}  // namespace tollgate
