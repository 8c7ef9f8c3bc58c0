#pragma once
// Characters of a UTF-8 text and their classes: those that the tokenizers' regular expressions name. Unicode 16.0, as tiktoken 0.14 has it
// (tools/tokens/unicode.py).

#include <cstdint>
#include <string_view>

namespace tollgate {

// The order is that of data/tokens/unicode.bin.
enum class CharClass : std::uint8_t {
  other,
  space,     // White_Space
  number,    // N
  mark,      // M
  upper,     // Lu, Lt
  lower,     // Ll
  caseless,  // Lm, Lo: o200k_base takes these and marks for upper and for lower case
  none,      // the end of the text
};

constexpr bool is_letter(CharClass c) { return c == CharClass::upper || c == CharClass::lower || c == CharClass::caseless; }

struct Character {
  CharClass kind = CharClass::none;
  std::uint8_t size = 0;  // bytes; of what is invalid: of the part that is replaced by one U+FFFD, whose class it has
  bool valid = true;
};

// Takes more than one byte to tell. REQUIRES: at < end, and *at is not ASCII.
Character wide_character(const char* at, const char* end);

extern const CharClass ascii_class[128];

inline Character character(const char* at, const char* end) {
  if (at >= end) return {};
  auto byte = static_cast<unsigned char>(*at);
  if (byte < 0x80) return {ascii_class[byte], 1, true};
  return wide_character(at, end);
}

// The last character before `end`, or none.
Character character_before(const char* begin, const char* end);

}  // namespace tollgate
