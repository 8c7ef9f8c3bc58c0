#include "crypto/base62.h"

#include <cassert>

namespace tollgate::crypto {
namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

int value_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  if (c >= 'a' && c <= 'z') return c - 'a' + 36;
  return -1;
}

// number = number / 62; returns the remainder.
unsigned divide(std::string& number) {
  unsigned remainder = 0;
  for (char& byte : number) {
    unsigned value = remainder * 256 + static_cast<unsigned char>(byte);
    byte = static_cast<char>(value / 62);
    remainder = value % 62;
  }
  return remainder;
}

// number = number * 62 + digit; false when it no longer fits.
bool multiply(std::string& number, unsigned digit) {
  unsigned carry = digit;
  for (std::size_t i = number.size(); i-- > 0;) {
    unsigned value = static_cast<unsigned char>(number[i]) * 62u + carry;
    number[i] = static_cast<char>(value & 0xFF);
    carry = value >> 8;
  }
  return carry == 0;
}

}  // namespace

bool is_base62(char c) { return value_of(c) >= 0; }

std::string base62(std::string_view bytes) {
  assert(bytes.size() <= max_base62_bytes);
  std::string number(bytes);
  std::string text(base62_length(bytes.size()), '0');
  for (std::size_t i = text.size(); i-- > 0;) text[i] = digits[divide(number)];
  return text;
}

std::optional<std::string> from_base62(std::string_view text, std::size_t size) {
  if (size > max_base62_bytes || text.size() != base62_length(size)) return std::nullopt;
  std::string number(size, '\0');
  for (char c : text) {
    int value = value_of(c);
    if (value < 0 || !multiply(number, static_cast<unsigned>(value))) return std::nullopt;
  }
  return number;
}

}  // namespace tollgate::crypto
