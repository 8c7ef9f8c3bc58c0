#pragma once
// A hash of 127 bits with a secret key, about as fast as memory is read: to know a message again by it.
//
// Who does not know the key cannot make two messages that meet: for any two, whatever their length, the probability is below 2^-60 (and for
// a key drawn anew it is another two). Each block of 1 KiB is summed by NH, the blocks by a polynomial modulo 2^127 - 1.
// Source: Black, Halevi, Krawczyk, Krovetz, Rogaway, "UMAC" (CRYPTO 1999) for NH; Krovetz, Dai, "VHASH" (2007) for the two together.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tollgate {

__extension__ using Uint128 = unsigned __int128;

class MessageHash {
 public:
  static constexpr std::size_t block_words = 128;
  static constexpr std::size_t key_words = block_words + 2;

  // The key comes from a generator that nobody can foresee (crypto::fill_random).
  explicit MessageHash(std::span<const std::uint64_t, key_words> key);
  // With a key of the system's generator.
  static MessageHash random();

  // `kind` tells apart what is the same in bytes and yet not the same.
  Uint128 of(std::string_view bytes, std::uint64_t kind) const;

 private:
  std::array<std::uint64_t, block_words> key_;
  Uint128 point_;  // below 2^126
};

}  // namespace tollgate
