#pragma once
// Base 62 of fixed width: bytes as one large big-endian number in the digits 0-9 A-Z a-z. No punctuation, so a double
// click selects a whole key; the same length for every value of a size, so one text means one value.
//
//    4 bytes ->  6 characters        8 bytes -> 11 characters        32 bytes -> 43 characters

#include <optional>
#include <string>
#include <string_view>

namespace tollgate::crypto {

constexpr std::size_t max_base62_bytes = 64;

// The number of digits that hold any value of so many bytes.
constexpr std::size_t base62_length(std::size_t bytes) {
  // log(256) / log(62) = 1.34359..., rounded up so that it is right for every size up to max_base62_bytes (tested).
  return (bytes * 134'360 + 99'999) / 100'000;
}

bool is_base62(char c);

// REQUIRES: at most max_base62_bytes.
std::string base62(std::string_view bytes);

// Empty when the length is not base62_length(size), a character is no digit, or the value does not fit.
std::optional<std::string> from_base62(std::string_view text, std::size_t size);

}  // namespace tollgate::crypto
