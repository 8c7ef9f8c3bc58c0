#include "tokens/message_hash.h"

#include <algorithm>
#include <cstring>

#include "crypto/random.h"

namespace tollgate {
namespace {

constexpr std::size_t block_bytes = MessageHash::block_words * 8;
constexpr Uint128 prime = (Uint128{1} << 127) - 1;
constexpr Uint128 below_2_126 = (Uint128{1} << 126) - 1;

Uint128 reduced(Uint128 value) {
  value = (value & prime) + (value >> 127);
  return value >= prime ? value - prime : value;
}

// Both below 2^127.
Uint128 product(Uint128 a, Uint128 b) {
  auto low = [](Uint128 x) { return static_cast<std::uint64_t>(x); };
  auto high = [](Uint128 x) { return static_cast<std::uint64_t>(x >> 64); };
  Uint128 bottom = Uint128{low(a)} * low(b), top = Uint128{high(a)} * high(b);
  Uint128 middle_a = Uint128{low(a)} * high(b), middle_b = Uint128{high(a)} * low(b);
  Uint128 middle = Uint128{high(bottom)} + low(middle_a) + low(middle_b);
  Uint128 lower = (middle << 64) | low(bottom);
  Uint128 upper = top + high(middle_a) + high(middle_b) + high(middle);
  // upper * 2^128 is upper * 2 here.
  return reduced(reduced(lower) + reduced(reduced(upper) << 1));
}

// NH of up to one block, whose missing bytes are zeroes.
Uint128 block_sum(const char* bytes, std::size_t words, const std::uint64_t* key) {
  Uint128 even = 0, odd = 0;
  auto term = [&](std::size_t i) {
    std::uint64_t pair[2];
    std::memcpy(pair, bytes + 8 * i, sizeof pair);
    return Uint128{pair[0] + key[i]} * (pair[1] + key[i + 1]);
  };
  for (std::size_t i = 0; i < words; i += 4) {
    even += term(i);
    odd += term(i + 2);
  }
  return even + odd;
}

}  // namespace

MessageHash::MessageHash(std::span<const std::uint64_t, key_words> key) {
  std::copy_n(key.begin(), block_words, key_.begin());
  point_ = (Uint128{key[block_words]} << 64 | key[block_words + 1]) & below_2_126;
}

MessageHash MessageHash::random() {
  std::array<std::uint64_t, key_words> key;
  crypto::fill_random({reinterpret_cast<std::uint8_t*>(key.data()), sizeof key});
  return MessageHash(key);
}

Uint128 MessageHash::of(std::string_view bytes, std::uint64_t kind) const {
  Uint128 sum = 1;
  auto add = [&](Uint128 term) { sum = reduced(product(sum, point_) + reduced(term & below_2_126)); };
  add(Uint128{kind} << 64 | bytes.size());
  for (; bytes.size() >= block_bytes; bytes.remove_prefix(block_bytes)) add(block_sum(bytes.data(), block_words, key_.data()));
  if (bytes.empty()) return sum;
  std::array<char, block_bytes> last;
  std::size_t words = (bytes.size() + 31) / 32 * 4;
  std::memcpy(last.data(), bytes.data(), bytes.size());
  std::memset(last.data() + bytes.size(), 0, words * 8 - bytes.size());
  add(block_sum(last.data(), words, key_.data()));
  return sum;
}

}  // namespace tollgate
