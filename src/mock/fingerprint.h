#pragma once
// A short name of a text, such as a credential, that does not show the text: FNV-1a of 64 bits (Fowler, Noll, Vo; RFC
// 9923). It tells keys of tests apart; it is no protection of real ones.

#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate::mock {

constexpr std::uint64_t fingerprint(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ull;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  return hash;
}

// Sixteen hexadecimal digits.
inline std::string fingerprint_text(std::uint64_t fingerprint) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out(16, '0');
  for (int i = 0; i < 16; ++i) out[static_cast<std::size_t>(i)] = digits[fingerprint >> (60 - 4 * i) & 15];
  return out;
}

}  // namespace tollgate::mock
