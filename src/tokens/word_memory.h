#pragma once
// How many tokens the words of up to 15 bytes have that are no token themselves: what a thread has counted lately. Words push each other out.

#include <array>
#include <cstdint>

#include "tokens/words.h"

namespace tollgate {

class WordMemory {
 public:
  // 0: not known.
  int find(const WordKey& key, std::uint64_t hash) const {
    const WordKey& kept = kept_[hash % size];
    return kept.low == key.low && (kept.high & key_mask) == key.high ? static_cast<int>(kept.high >> count_shift) : 0;
  }
  void put(const WordKey& key, std::uint64_t hash, int count) {
    kept_[hash % size] = {key.low, key.high | static_cast<std::uint64_t>(count) << count_shift};
  }
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&kept_[hash % size]); }

 private:
  static constexpr std::size_t size = 8192;
  static constexpr int count_shift = 60;  // over the length, which has four bits like the count
  static constexpr std::uint64_t key_mask = (std::uint64_t{1} << count_shift) - 1;
  std::array<WordKey, size> kept_;
};

}  // namespace tollgate
