#include "crypto/random.h"

#include <sodium.h>

#include <stdexcept>

namespace tollgate::crypto {

void require_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) throw std::runtime_error("libsodium could not be readied: no random number generator");
}

void fill_random(std::span<std::uint8_t> out) {
  require_sodium();
  randombytes_buf(out.data(), out.size());
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  require_sodium();
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::uint64_t random_u64() {
  require_sodium();
  std::uint64_t value = 0;
  randombytes_buf(&value, sizeof value);
  return value;
}

}  // namespace tollgate::crypto
