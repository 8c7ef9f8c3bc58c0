#pragma once
// Which bytes may stand where in an HTTP/1 message. Source: RFC 9110 5.5, 5.6.2 and RFC 3986 3.2.2, read 2026-11-22.
//
// Checks of whole texts look at eight bytes at a time, since every byte of every head passes here.

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tollgate::http {

namespace detail {

constexpr std::array<bool, 256> byte_set(std::string_view marks) {
  std::array<bool, 256> set{};
  for (int c = '0'; c <= '9'; ++c) set[c] = true;
  for (int c = 'A'; c <= 'Z'; ++c) set[c] = set[c + 32] = true;
  for (char c : marks) set[static_cast<unsigned char>(c)] = true;
  return set;
}

inline constexpr auto token_bytes = byte_set("!#$%&'*+-.^_`|~");
inline constexpr auto host_bytes = byte_set("-._~!$&'()*+,;=");  // reg-name, without escapes

constexpr std::uint64_t every_byte(std::uint64_t byte) { return byte * 0x0101010101010101ull; }

// The top bit of each byte that is below `bound` (at most 128). Bytes behind the first hit may be reported wrongly.
constexpr std::uint64_t bytes_below(std::uint64_t word, std::uint64_t bound) {
  return (word - every_byte(bound)) & ~word & every_byte(0x80);
}

}  // namespace detail

constexpr bool is_token_byte(char c) { return detail::token_bytes[static_cast<unsigned char>(c)]; }
constexpr bool is_host_byte(char c) { return detail::host_bytes[static_cast<unsigned char>(c)]; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A field value, a reason phrase: no control byte but the tab. Bytes from 0x80 on pass (obs-text).
constexpr bool is_value_byte(char c) {
  auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
}

// The value of a hexadecimal digit, or -1.
constexpr int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_token(std::string_view text) {
  for (char c : text)
    if (!is_token_byte(c)) return false;
  return !text.empty();
}

inline bool is_value(std::string_view text) {
  const char* at = text.data();
  const char* end = at + text.size();
  for (; end - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    if ((detail::bytes_below(word, 0x20) | detail::bytes_below(word ^ detail::every_byte(0x7F), 1)) == 0) continue;
    for (int i = 0; i < 8; ++i)
      if (!is_value_byte(at[i])) return false;
  }
  for (; at != end; ++at)
    if (!is_value_byte(*at)) return false;
  return true;
}

// What a request target may consist of: printable ASCII without blanks and without a fragment.
constexpr bool is_target(std::string_view text) {
  for (char c : text)
    if (c <= 0x20 || c >= 0x7F || c == '#') return false;  // bytes from 0x80 on are negative, or above 0x7E
  return !text.empty();
}

}  // namespace tollgate::http
