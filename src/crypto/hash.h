#pragma once
// SHA-256, HMAC-SHA-256 and comparison in constant time.
//
// An HmacKey holds the two half-done hashes of its key (the inner and the outer pad), so that a short message costs
// three blocks of SHA-256 (0.2 us with the processor's SHA instructions), no allocation and no lock. It never changes
// after it is made: all threads may use one at once. Source: RFC 2104, FIPS 180-4.

#include <array>
#include <cstdint>
#include <string_view>

#include "crypto/key.h"

namespace tollgate::crypto {

using Digest = std::array<std::uint8_t, 32>;

inline std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Takes the same time wherever the first difference is. Different lengths are simply different; a length is not secret.
bool constant_time_equal(std::string_view a, std::string_view b);

// A hash that is fed in pieces.
class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  // REQUIRES: called at most once, and nothing added afterwards.
  Digest finish();

 private:
  friend class HmacKey;
  alignas(8) std::array<unsigned char, 112> state_;  // an OpenSSL SHA256_CTX, which is plain memory
};

Digest sha256(std::string_view bytes);

class HmacKey {
 public:
  // Any length: longer keys than a block are hashed first, as RFC 2104 wants it.
  explicit HmacKey(std::string_view key);
  explicit HmacKey(const Key& key) : HmacKey(key.bytes()) {}
  HmacKey(const HmacKey&) = default;
  HmacKey& operator=(const HmacKey&) = default;
  ~HmacKey();

  Digest mac(std::string_view message) const;
  // True only for all 32 bytes of the right tag: cut tags are refused.
  bool verify(std::string_view message, std::string_view tag) const;
  // A key for another purpose, which says nothing about this one: HMAC of the purpose's name.
  Key derive(std::string_view purpose) const;

 private:
  Sha256 inner_;
  Sha256 outer_;
};

}  // namespace tollgate::crypto
