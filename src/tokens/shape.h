#pragma once
// What a text is made of, as far as a tokenizer that we do not have would care: one pass, about a nanosecond for a byte, no memory.

#include <array>
#include <cstdint>
#include <string_view>

#include "tokens/text_forms.h"

namespace tollgate {

enum class ShapePart : std::uint8_t {
  words,         // runs of Latin letters
  more_letters,  // of each word those after the sixth
  accents,       // Latin letters outside ASCII
  digits,
  signs,    // of ASCII
  lines,    // runs of white space with a line end or of more than one character
  greek,    // Greek and Cyrillic letters
  semitic,  // Arabic and Hebrew letters
  indic,    // letters of India and south-east Asia
  wide,     // Chinese, Japanese and Korean characters
  others,   // emoji, symbols, all the rest
};
constexpr std::size_t part_count = 11;

struct TextShape {
  std::array<std::int64_t, part_count> parts{};
  std::int64_t operator[](ShapePart part) const { return parts[static_cast<std::size_t>(part)]; }
  TextShape& operator+=(const TextShape& other) {
    for (std::size_t i = 0; i < part_count; ++i) parts[i] += other.parts[i];
    return *this;
  }
  friend bool operator==(const TextShape&, const TextShape&) = default;
};

// Of a JSON string's inside: the shape of the text that it means.
TextShape shape_of(std::string_view text, TextForm form);

}  // namespace tollgate
