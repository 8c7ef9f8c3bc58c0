#pragma once
// How many tokens the words of up to 15 bytes have that are no token themselves: what a thread has counted lately. Words push each other out.

#include <array>
#include <cstdint>

#include "tokens/words.h"

namespace tollgate {

class WordMemory {
 public:
  // 0: not known.
  int find(const WordKey& key, std::uint64_t hash) const { return keys_[hash % size] == key ? counts_[hash % size] : 0; }
  void put(const WordKey& key, std::uint64_t hash, int count) {
    keys_[hash % size] = key;
    counts_[hash % size] = static_cast<std::uint8_t>(count);
  }

 private:
  static constexpr std::size_t size = 4096;
  std::array<WordKey, size> keys_;
  std::array<std::uint8_t, size> counts_;
};

}  // namespace tollgate
