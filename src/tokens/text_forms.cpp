#include "tokens/text_forms.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "tokens/characters.h"

namespace tollgate {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::size_t escape_max = 12;  // \uD83D\uDE00

bool may_cut(std::string_view text, TextForm form, std::size_t at) {
  const char *begin = text.data(), *end = begin + text.size(), *place = begin + at;
  Character before = character_before(begin, place);
  if (!is_letter(before.kind) && before.kind != CharClass::number) return false;
  Character after = character(place, end);
  if (*place == '\'' || (after.kind != CharClass::other && after.kind != CharClass::space)) return false;
  if (form == TextForm::plain) return true;
  std::string_view near = text.substr(at - std::min(at, escape_max), std::min(at, escape_max));
  if (near.find('\\') != near.npos) return false;
  return *place != '\\' || (at + 1 < text.size() && text[at + 1] != 'u');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  auto lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The four digits of \uXXXX at the head of `raw`, or -1.
int unit_at(std::string_view raw) {
  if (raw.size() < 6 || raw[0] != '\\' || raw[1] != 'u') return -1;
  int value = 0;
  for (std::size_t i = 2; i < 6; ++i) {
    int digit = hex_digit(raw[i]);
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

char* write_code(std::uint32_t code, char* out) {
  auto put = [&out](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) return put(code), out;
  if (code < 0x800) return put(0xC0 | code >> 6), put(0x80 | (code & 0x3F)), out;
  if (code < 0x10000) return put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F)), out;
  return put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F)), out;
}

// One escape at the head of `raw`, which begins with a backslash; gives how many bytes of it were read.
std::size_t read_escape(std::string_view raw, char*& out) {
  constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
  if (std::size_t i = raw.size() < 2 ? names.npos : names.find(raw[1]); i != names.npos) return *out++ = meanings[i], 2;
  int unit = unit_at(raw);
  if (unit < 0) return *out++ = '\\', 1;
  bool high = unit >= 0xD800 && unit < 0xDC00, low = unit >= 0xDC00 && unit < 0xE000;
  int second = high ? unit_at(raw.substr(6)) : -1;
  if (second >= 0xDC00 && second < 0xE000)
    return out = write_code(0x10000 + (static_cast<std::uint32_t>(unit - 0xD800) << 10) + static_cast<std::uint32_t>(second - 0xDC00), out), 12;
  out = write_code(high || low ? 0xFFFD : static_cast<std::uint32_t>(unit), out);
  return 6;
}

}  // namespace

std::size_t cut_of(std::string_view text, TextForm form, std::size_t at_most) {
  if (text.size() <= at_most) return text.size();
  for (std::size_t at = at_most; at > 0; --at)
    if (may_cut(text, form, at)) return at;
  for (std::size_t at = at_most + 1; at < text.size(); ++at)
    if (may_cut(text, form, at)) return at;
  return text.size();
}

Escape unescape_one(std::string_view raw, char* out) {
  char* end = out;
  std::size_t read = read_escape(raw, end);
  return {read, static_cast<std::size_t>(end - out)};
}

std::size_t unescape(std::string_view raw, char* out) {
  char* begin = out;
  while (!raw.empty()) {
    std::size_t plain = std::min(raw.find('\\'), raw.size());
    std::memcpy(out, raw.data(), plain);
    out += plain;
    raw.remove_prefix(plain);
    if (!raw.empty()) raw.remove_prefix(read_escape(raw, out));
  }
  return static_cast<std::size_t>(out - begin);
}

bool is_utf8(std::string_view text) {
  for (const char *at = text.data(), *end = at + text.size(); at < end;) {
    Character next = character(at, end);
    if (!next.valid) return false;
    at += next.size;
  }
  return true;
}

std::size_t repair(std::string_view text, char* out) {
  char* begin = out;
  for (const char *at = text.data(), *end = at + text.size(); at < end;) {
    Character next = character(at, end);
    std::string_view bytes = next.valid ? std::string_view(at, next.size) : replacement;
    std::memcpy(out, bytes.data(), bytes.size());
    out += bytes.size();
    at += next.size;
  }
  return static_cast<std::size_t>(out - begin);
}

}  // namespace tollgate
