#pragma once
// Which two tokens are merged, into which, and which pair comes first. Filled once, then read by all threads. 27 bytes for each pair.

#include <cstdint>
#include <vector>

namespace tollgate {

class FileMerges {
 public:
  struct Merge {
    std::uint32_t rank, id;  // the lowest rank is merged first
  };

  // REQUIRES: at most so many pairs are put.
  explicit FileMerges(std::size_t pairs = 0) : slots_(pairs * 5 / 3 + 8) {}

  // A pair that is there gets another rank.
  void put(std::uint32_t left, std::uint32_t right, Merge merge) {
    std::uint64_t key = key_of(left, right);
    std::size_t at = place_of(key);
    while (slots_[at].key != free && slots_[at].key != key) at = after(at);
    slots_[at] = {key, merge};
  }
  // Null: they stay apart.
  const Merge* find(std::uint32_t left, std::uint32_t right) const {
    std::uint64_t key = key_of(left, right);
    for (std::size_t at = place_of(key); slots_[at].key != free; at = after(at))
      if (slots_[at].key == key) return &slots_[at].merge;
    return nullptr;
  }

  std::size_t bytes() const { return slots_.size() * sizeof(Slot); }

 private:
  static constexpr std::uint64_t free = ~std::uint64_t{0};
  struct Slot {
    std::uint64_t key = free;
    Merge merge{};
  };
  static std::uint64_t key_of(std::uint32_t left, std::uint32_t right) { return std::uint64_t{left} << 32 | right; }
  std::size_t place_of(std::uint64_t key) const {
    std::uint64_t mixed = (key ^ key >> 29) * 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93u;
    return static_cast<std::size_t>(static_cast<unsigned __int128>(mixed) * slots_.size() >> 64);
  }
  std::size_t after(std::size_t at) const { return at + 1 == slots_.size() ? 0 : at + 1; }

  std::vector<Slot> slots_;
};

}  // namespace tollgate
