#include "tokens/shape.h"

#include <algorithm>

#include "tokens/characters.h"

namespace tollgate {
namespace {

constexpr std::int64_t short_word = 6;

ShapePart wide_part(std::uint32_t code) {
  if (code < 0x250) return ShapePart::accents;
  if (code < 0x590) return code < 0x370 ? ShapePart::others : ShapePart::greek;
  if (code < 0x900) return ShapePart::semitic;
  if (code < 0x1100 || (code >= 0x1780 && code < 0x1800)) return ShapePart::indic;
  bool east = code < 0x1200 || (code >= 0x2E80 && code < 0xA4D0) || (code >= 0xAC00 && code < 0xD7B0) || (code >= 0xF900 && code < 0xFB00) ||
              (code >= 0xFF00 && code < 0xFFF0) || (code >= 0x20000 && code < 0x40000);
  return east ? ShapePart::wide : ShapePart::others;
}

// The code point of a valid character.
std::uint32_t code_of(const char* at, std::size_t size) {
  std::uint32_t code = static_cast<unsigned char>(*at) & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) code = code << 6 | (static_cast<unsigned char>(at[i]) & 0x3Fu);
  return code;
}

// Follows a text and counts.
class Shaper {
 public:
  void read(std::string_view text) {
    for (const char *at = text.data(), *end = at + text.size(); at < end;) {
      Character next = character(at, end);
      if (next.size == 1) read_ascii(next.valid ? *at : '\x7F');
      else read_wide(next.valid ? wide_part(code_of(at, next.size)) : ShapePart::others);
      at += next.size;
    }
  }
  TextShape finished() {
    end_word(), end_space();
    return shape_;
  }

 private:
  void add(ShapePart part, std::int64_t count = 1) { shape_.parts[static_cast<std::size_t>(part)] += count; }
  void read_ascii(char c) {
    CharClass kind = character(&c, &c + 1).kind;
    if (kind == CharClass::upper || kind == CharClass::lower) return letter();
    end_word();
    if (kind == CharClass::space) return space(c == '\n' || c == '\r');
    end_space();
    add(kind == CharClass::number ? ShapePart::digits : ShapePart::signs);
  }
  void read_wide(ShapePart part) {
    if (part == ShapePart::accents) letter();
    else end_word(), end_space();
    add(part);
  }
  void letter() {
    end_space();
    ++letters_;
  }
  void space(bool line_end) { spaces_ += line_end ? 2 : 1; }
  void end_word() {
    if (letters_ == 0) return;
    add(ShapePart::words);
    add(ShapePart::more_letters, std::max<std::int64_t>(0, letters_ - short_word));
    letters_ = 0;
  }
  void end_space() {
    if (spaces_ > 1) add(ShapePart::lines);
    spaces_ = 0;
  }

  TextShape shape_;
  std::int64_t letters_ = 0, spaces_ = 0;
};

}  // namespace

TextShape shape_of(std::string_view text, TextForm form) {
  Shaper shaper;
  if (form == TextForm::plain || text.find('\\') == text.npos) {
    shaper.read(text);
    return shaper.finished();
  }
  while (!text.empty()) {
    std::string_view plain = text.substr(0, text.find('\\'));
    shaper.read(plain);
    text.remove_prefix(plain.size());
    if (text.empty()) break;
    std::array<char, 4> character;
    Escape escape = unescape_one(text, character.data());
    shaper.read({character.data(), escape.written});
    text.remove_prefix(escape.read);
  }
  return shaper.finished();
}

}  // namespace tollgate
