#pragma once
// The tokens of up to 15 bytes as a set: most pieces of a text are one of them, and are counted by one look into it.
//
// Buckets of four keys fill a line of the processor's cache; a key that finds its bucket full goes to the next, and a bit remembers that.
// Tokens are put in from the most frequent on, so that those stand in their own bucket.

#include <emmintrin.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "tokens/huge_pages.h"

namespace tollgate {

// Up to 15 bytes, then zeroes, then the length.
struct alignas(16) WordKey {
  static constexpr std::size_t bytes_max = 15;
  std::uint64_t low = 0, high = 0;

  // Reads 16 bytes from `at`. REQUIRES: 1 <= size <= 15.
  static WordKey padded(const char* at, std::size_t size) {
    std::uint64_t low, high;
    std::memcpy(&low, at, 8);
    std::memcpy(&high, at + 8, 8);
    std::uint64_t length = std::uint64_t{size} << 56;
    if (size <= 8) return {low & ~std::uint64_t{0} >> (64 - 8 * size), length};
    return {low, (high & ~std::uint64_t{0} >> (128 - 8 * size)) | length};
  }
  static WordKey of(const char* at, std::size_t size) {
    char bytes[16] = {};
    std::memcpy(bytes, at, size);
    return padded(bytes, size);
  }
  std::uint64_t hash() const {
    __extension__ using Wide = unsigned __int128;
    Wide product = static_cast<Wide>(low ^ 0x9E3779B97F4A7C15u) * (high ^ 0xD1B54A32D192ED03u);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  std::string_view text() const { return {reinterpret_cast<const char*>(this), high >> 56}; }
  friend bool operator==(const WordKey&, const WordKey&) = default;
};

class Words {
 public:
  explicit Words(std::size_t count) : shift_(65 - std::bit_width(count * 4 / 3 / 4)), buckets_(std::size_t{1} << (64 - shift_)), full_(buckets_.size() / 64 + 1) {}

  void add(const WordKey& key) {
    for (std::size_t i = key.hash() >> shift_;; i = next(i)) {
      for (WordKey& slot : buckets_[i].keys)
        if (slot == WordKey{}) {
          slot = key;
          return;
        }
      full_[i / 64] |= std::uint64_t{1} << (i % 64);
    }
  }
  bool has(const WordKey& key, std::uint64_t hash) const {
    std::size_t i = hash >> shift_;
    while (!buckets_[i].has(key)) {
      if ((full_[i / 64] >> (i % 64) & 1) == 0) return false;
      i = next(i);
    }
    return true;
  }
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&buckets_[hash >> shift_]); }

 private:
  struct alignas(64) Bucket {
    WordKey keys[4];
    bool has(const WordKey& key) const {
      __m128i wanted = _mm_load_si128(reinterpret_cast<const __m128i*>(&key));
      auto same = [&](int i) { return _mm_movemask_epi8(_mm_cmpeq_epi8(wanted, _mm_load_si128(reinterpret_cast<const __m128i*>(&keys[i])))) == 0xFFFF; };
      return same(0) | same(1) | same(2) | same(3);
    }
  };
  std::size_t next(std::size_t i) const { return (i + 1) & (buckets_.size() - 1); }

  int shift_;
  HugeVector<Bucket> buckets_;
  std::vector<std::uint64_t> full_;
};

}  // namespace tollgate
