#pragma once
// The tokens of an encoding and what is asked about them, built from its file in less than a tenth of a second. A token's id is its rank: of two
// merges that are possible, the one with the smaller id is made first. Never changes afterwards: all threads use one.

#include <array>
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
  // The token that two neighbours merge into, or Pairs::none.
  std::uint32_t merged(std::uint32_t left, std::uint32_t right) const { return pairs_.find(left, right); }
  std::uint32_t merged_bytes(char left, char right) const { return byte_pairs_[byte_pair(left, right)]; }
  std::uint32_t id_of_byte(char byte) const { return byte_ids_[static_cast<unsigned char>(byte)]; }
  // Asks for the memory that `merged` will look at.
  void prefetch(std::uint32_t left, std::uint32_t right) const { pairs_.prefetch(left, right); }
  std::size_t count() const { return sizes_.size(); }

 private:
  static constexpr std::uint32_t byte_count = 256;  // tokens of a single byte; they have the first ids
  static std::size_t byte_pair(char left, char right) { return std::size_t{static_cast<unsigned char>(left)} * byte_count + static_cast<unsigned char>(right); }
  explicit Vocabulary(std::size_t count)
      : words_(count), pairs_(count), sizes_(count), splits_(count), byte_pairs_(byte_count * byte_count, Pairs::none) {}

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
  HugeVector<std::uint32_t> byte_pairs_;  // what two bytes merge into
  std::array<std::uint32_t, byte_count> byte_ids_{};
};

}  // namespace tollgate
