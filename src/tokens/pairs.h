#pragma once
// Which token two neighbours merge into. Most pairs that are asked for merge into none: two bits for each pair, in a word that its hash
// chooses, say so first (a Bloom filter; three of a hundred get past it).

#include <bit>
#include <cstdint>

#include "tokens/huge_pages.h"

namespace tollgate {

class Pairs {
 public:
  static constexpr std::uint32_t none = 0xFFFFF;

  explicit Pairs(std::size_t count) : shift_(64 - std::bit_width(count)), cells_(std::size_t{1} << (64 - shift_), empty), seen_(cells_.size() / 8) {}

  // Tokens are below `none`.
  void add(std::uint32_t left, std::uint32_t right, std::uint32_t whole) {
    std::uint64_t hash = hash_of(left, right);
    seen_[hash >> (shift_ + 3)] |= bits(hash);
    std::size_t i = place(hash);
    while (cells_[i] != empty) i = next(i);
    cells_[i] = key(left, right) << 20 | whole;
  }
  void prefetch(std::uint32_t left, std::uint32_t right) const {
    std::uint64_t hash = hash_of(left, right);
    __builtin_prefetch(&seen_[hash >> (shift_ + 3)]);
    __builtin_prefetch(&cells_[place(hash)]);
  }
  std::uint32_t find(std::uint32_t left, std::uint32_t right) const {
    std::uint64_t hash = hash_of(left, right);
    if ((~seen_[hash >> (shift_ + 3)] & bits(hash)) != 0) [[likely]] return none;
    for (std::size_t i = place(hash); cells_[i] != empty; i = next(i))
      if (cells_[i] >> 20 == key(left, right)) return static_cast<std::uint32_t>(cells_[i] & none);
    return none;
  }

 private:
  static constexpr std::uint64_t empty = ~std::uint64_t{0};
  static std::uint64_t key(std::uint32_t left, std::uint32_t right) { return std::uint64_t{left} << 20 | right; }
  static std::uint64_t hash_of(std::uint32_t left, std::uint32_t right) { return key(left, right) * 0x9E3779B97F4A7C15u; }
  static std::uint64_t bits(std::uint64_t hash) { return std::uint64_t{1} << (hash >> 26 & 63) | std::uint64_t{1} << (hash >> 32 & 63); }
  std::size_t place(std::uint64_t hash) const { return (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u >> shift_; }
  std::size_t next(std::size_t i) const { return (i + 1) & (cells_.size() - 1); }

  int shift_;
  HugeVector<std::uint64_t> cells_;  // left, right, whole: 20 bits each
  HugeVector<std::uint64_t> seen_;   // eight bits for each cell
};

}  // namespace tollgate
