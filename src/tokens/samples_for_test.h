#pragma once
// Texts for tests, made from a seed.

#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate {

// A row of numbers (Knuth's constants, the upper half).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::size_t below(std::size_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state_ >> 33) % bound;
  }

 private:
  std::uint64_t state_;
};

inline std::string repeated(std::string_view unit, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += unit;
  return text;
}

// 200 to some thousand bytes of many scripts, signs, numbers and white space.
inline std::string sample_text(std::size_t seed) {
  constexpr std::string_view parts[] = {"the ", "budget", " tokens", "'s", "'LL", "Camel", "HTTP", "12345", " 7", ".", ",", "!?", "...\n", "\r\n", "  ", "\t", "\n\n", " \n ", "_", "//", "é", "Größe",
                                        "бюджет", " КОГДА", "预算", "由大家共享，", "予算は", "예산", "ميزانية", "बजट", "งบ", "😀", "👨‍👩‍👧", "\u0301", "\u00a0", "\u3000", "½", "٣", "ǅ", "ʰ", "\"", "\\", "\x01"};
  Dice dice(seed);
  std::string text;
  for (std::size_t size = 200 + dice.below(2000); text.size() < size;) text += repeated(parts[dice.below(std::size(parts))], dice.below(20) == 0 ? dice.below(40) : 1);
  return text;
}

// Of few letters, so that they merge in many ways.
inline std::string random_bytes(std::size_t seed, std::size_t size) {
  constexpr std::string_view alphabets[] = {"ab", "aeinrst", "abcdefghijklmnopqrstuvwxyz", " ._-=", "\xE4\xB8\xAD\xE6\x96\x87", "0123456789aeiou"};
  Dice dice(seed);
  std::string_view alphabet = alphabets[seed % std::size(alphabets)];
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += seed % 13 == 0 ? static_cast<char>(dice.below(256)) : alphabet[dice.below(alphabet.size())];
  return bytes;
}

// The inside of a JSON string that means the text; some characters in more ways than needed.
inline std::string escaped(std::string_view text) {
  std::string raw;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"' || c == '\\') raw += '\\', raw += c;
    else if (c == '\n') raw += "\\n";
    else if (c == '\t' && i % 2 == 0) raw += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || (c == 'e' && i % 5 == 0) || (c == '\'' && i % 2 == 0)) {
      constexpr std::string_view digits = "0123456789abcdef";
      raw += "\\u00", raw += digits[static_cast<unsigned char>(c) >> 4], raw += digits[static_cast<unsigned char>(c) & 15];
    } else raw += c;
  }
  return raw;
}

}  // namespace tollgate
