#pragma once
// Which token two neighbours merge into. Most pairs that are asked for merge into none: a bit for each of their hashes says so first.

#include <bit>
#include <cstdint>
#include <vector>

namespace tollgate {

class Pairs {
 public:
  static constexpr std::uint32_t none = 0xFFFFF;

  explicit Pairs(std::size_t count) : shift_(64 - std::bit_width(count)), cells_(std::size_t{1} << (64 - shift_), empty), seen_(cells_.size() * 8 / 64) {}

  // Tokens are below `none`.
  void add(std::uint32_t left, std::uint32_t right, std::uint32_t whole) {
    std::uint64_t hash = hash_of(left, right);
    seen_[bit(hash) / 64] |= std::uint64_t{1} << (bit(hash) % 64);
    std::size_t i = hash >> shift_;
    while (cells_[i] != empty) i = next(i);
    cells_[i] = key(left, right) << 20 | whole;
  }
  void prefetch(std::uint32_t left, std::uint32_t right) const {
    std::uint64_t hash = hash_of(left, right);
    __builtin_prefetch(&seen_[bit(hash) / 64], 1);
    __builtin_prefetch(&cells_[hash >> shift_], 1);
  }
  std::uint32_t find(std::uint32_t left, std::uint32_t right) const {
    std::uint64_t hash = hash_of(left, right);
    if ((seen_[bit(hash) / 64] >> (bit(hash) % 64) & 1) == 0) return none;
    for (std::size_t i = hash >> shift_; cells_[i] != empty; i = next(i))
      if (cells_[i] >> 20 == key(left, right)) return static_cast<std::uint32_t>(cells_[i] & none);
    return none;
  }

 private:
  static constexpr std::uint64_t empty = ~std::uint64_t{0};
  static std::uint64_t key(std::uint32_t left, std::uint32_t right) { return std::uint64_t{left} << 20 | right; }
  static std::uint64_t hash_of(std::uint32_t left, std::uint32_t right) {
    std::uint64_t mixed = key(left, right) * 0x9E3779B97F4A7C15u;
    return (mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93u;
  }
  std::size_t bit(std::uint64_t hash) const { return hash >> (shift_ - 3); }
  std::size_t next(std::size_t i) const { return (i + 1) & (cells_.size() - 1); }

  int shift_;
  std::vector<std::uint64_t> cells_;  // left, right, whole: 20 bits each
  std::vector<std::uint64_t> seen_;   // eight bits for each cell
};

}  // namespace tollgate
