#pragma once
// Into how many tokens a piece of a text is merged, in time linear in its length, whatever it is made of: one word may be a whole request.
//
// Tokens are chosen from the left, the longest first; one must stay apart from its left neighbour, else the next shorter is tried, and when
// there is none, the neighbour is taken back and a shorter one tried in its place. A choice in which all neighbours stay apart is the one
// that merging makes. A place that led nowhere is marked, so that none is tried twice.
// Source: github.com/github/rust-gems, crates/bpe (BacktrackEncoder), MIT; the proof is in its README.
//
// Memory is a ring: of what lies more than `window` bytes back nothing is kept. Should a choice have to be taken back from beyond it (none
// has been seen), `stuck` says so and the piece is to be merged again with a window that holds all of it.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tokens/vocabulary.h"

namespace tollgate {

class Merging {
 public:
  // A window is a power of two and at least this.
  static constexpr std::size_t window_min = 512;

  // Both are room for one window: an id for each byte, a bit for each byte. All must outlive it.
  Merging(const Vocabulary& vocabulary, std::string_view piece, std::span<std::uint32_t> ids, std::span<std::uint64_t> open);

  // Goes on until this many steps are made or the piece ends.
  void run(std::int64_t steps_max);
  bool ended() const { return at_ == piece_.size() || stuck_; }
  bool stuck() const { return stuck_; }
  std::int64_t count() const { return count_; }
  // Where the choice stands.
  std::size_t at() const { return at_; }

 private:
  void step();
  bool stay_apart(std::uint32_t left, std::uint32_t right);
  bool is_open(std::size_t at) const { return (open_[at / 64 & word_mask_] >> (at % 64) & 1) != 0; }
  void take(std::uint32_t token, std::size_t end);
  void take_back(std::uint32_t last);
  void open_ahead();

  const Vocabulary& vocabulary_;
  std::string_view piece_;
  std::span<std::uint32_t> ids_;
  std::span<std::uint64_t> open_;  // places that a token may end at
  std::size_t word_mask_, id_mask_;
  std::size_t at_ = 0, opened_ = 0;  // all bits below `opened_` are those of this lap
  std::size_t size_max_;             // the next token is at most this long
  std::int64_t count_ = 0;
  bool stuck_ = false;
  // Answers about pairs, for what is repeated: left 20 bits, right 20, a bit that it is known, the answer.
  static constexpr std::size_t known_pairs = 512, long_piece = 1024;
  std::array<std::uint64_t, known_pairs> known_;
};

// The whole piece at once. Small pieces take no memory but the stack; so do large ones, unless `stuck`.
std::int64_t merged_count(const Vocabulary& vocabulary, std::string_view piece);
// For a window that holds all of the piece: its tokens.
std::vector<std::uint32_t> merged(const Vocabulary& vocabulary, std::string_view piece);

}  // namespace tollgate
