// What one look at a credential costs: HMAC-SHA-256 of 64 characters, and SHA-256 of the same.
#include <fmt/format.h>

#include <chrono>
#include <string>

#include "crypto/hash.h"

int main() {
  using namespace tollgate::crypto;
  constexpr int rounds = 2'000'000;
  HmacKey key(Key::random());
  std::string text(64, 'k');
  unsigned sum = 0;
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) {
    text[static_cast<std::size_t>(i) % text.size()] = static_cast<char>('a' + i % 26);
    sum += key.mac(text)[0];
  }
  auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count();
  fmt::print("hmac_sha256, 64 bytes: {} ns ({})\n", ns / rounds, sum & 1);
}
