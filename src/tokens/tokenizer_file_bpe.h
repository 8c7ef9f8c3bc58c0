#pragma once
// Byte-pair encoding as a tokenizer.json describes it: a piece begins as its characters (or bytes), and of all neighbours that may be merged
// those with the lowest rank are, the leftmost first, until none are left.
//
// Merging takes n log n time in a stretch without a place to cut, and 24 bytes for each of its characters. A piece is cut wherever its two
// neighbours lie beside each other in no token: nothing is ever merged there, so that a whole text without a pre-tokenizer falls into
// words. A stretch longer than `stretch_max` is cut all the same, and `Counted::whole` says so.
// Source: github.com/huggingface/tokenizers, tokenizers/src/models/bpe (model.rs, word.rs), read 2026-11-29.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "json/value.h"
#include "base/result.h"
#include "tokens/tokenizer_file_merges.h"
#include "tokens/tokenizer_file_names.h"

namespace tollgate {

class FileBpe {
 public:
  static constexpr std::size_t stretch_max = 256 * 1024;  // characters

  // `by_bytes`: pieces are merged by bytes, each of which the vocabulary writes as a character. Errors: invalid_request.
  static Result<FileBpe> read(const json::Value& model, bool by_bytes);

  struct Counted {
    std::int64_t tokens = 0;
    bool whole = true;
  };
  // REQUIRES: valid UTF-8.
  Counted count(std::string_view piece) const;

  std::size_t bytes() const;

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  class Stretch;
  class Reading;

  bool may_meet(char32_t left, char32_t right) const {
    std::uint32_t bit = bit_of(left, right);
    return (neighbours_[bit / 64] >> (bit % 64) & 1) != 0;
  }
  static std::uint32_t bit_of(char32_t left, char32_t right) {
    return static_cast<std::uint32_t>((std::uint64_t{left} << 21 | right) * 0x9E3779B97F4A7C15u >> 42);
  }
  void add_neighbours(std::string_view token);
  std::uint32_t id_of(char32_t character) const;
  void put_id(char32_t character, std::uint32_t id);

  bool by_bytes_ = false, byte_fallback_ = false, fuse_unknown_ = false;
  std::uint32_t unknown_ = none;
  std::array<std::uint32_t, 256> byte_ids_{};       // of the tokens <0x00> …; used where all are there
  std::array<std::uint16_t, 0x110000 / 256> rows_{};  // by a character's higher bits: its row of ids
  std::vector<std::array<std::uint32_t, 256>> ids_;  // of characters that are a token; the first row is that of none
  std::vector<std::uint64_t> neighbours_;           // a bit for each two characters beside each other in a token, some meaning several
  FileMerges merges_;
  std::unordered_set<std::string, Hash, std::equal_to<>> wholes_;  // pieces that are a token as they are, whatever the merges say
};

}  // namespace tollgate
