#include "tokens/characters.h"

#include <cstddef>

// data/tokens/unicode.bin, see shipped.cpp.
extern "C" {
extern const char tollgate_tokens_unicode[] __attribute__((visibility("hidden")));
}

namespace tollgate {
namespace {

constexpr std::uint32_t block_bits = 7, code_points = 0x110000;
constexpr std::uint32_t block_count = code_points >> block_bits, block_mask = (1u << block_bits) - 1;

CharClass class_of(std::uint32_t code) {
  auto block = static_cast<unsigned char>(tollgate_tokens_unicode[code >> block_bits]);
  return static_cast<CharClass>(tollgate_tokens_unicode[block_count + (std::uint32_t{block} << block_bits) + (code & block_mask)]);
}

// What a first byte announces. Source: The Unicode Standard 16.0, table 3-7: only the second byte's range depends on the first.
struct Lead {
  int rest;                        // bytes that follow; 0: no first byte
  unsigned char low, high;         // of the second byte
};
Lead lead(unsigned char byte) {
  if (byte < 0xC2 || byte > 0xF4) return {0, 0, 0};
  if (byte < 0xE0) return {1, 0x80, 0xBF};
  if (byte < 0xF0) return {2, static_cast<unsigned char>(byte == 0xE0 ? 0xA0 : 0x80), static_cast<unsigned char>(byte == 0xED ? 0x9F : 0xBF)};
  return {3, static_cast<unsigned char>(byte == 0xF0 ? 0x90 : 0x80), static_cast<unsigned char>(byte == 0xF4 ? 0x8F : 0xBF)};
}

constexpr CharClass ascii(int code) {
  if ((code >= 9 && code <= 13) || code == ' ') return CharClass::space;
  if (code >= '0' && code <= '9') return CharClass::number;
  if (code >= 'A' && code <= 'Z') return CharClass::upper;
  return code >= 'a' && code <= 'z' ? CharClass::lower : CharClass::other;
}

#define TG_ROW(n) ascii(n), ascii(n + 1), ascii(n + 2), ascii(n + 3), ascii(n + 4), ascii(n + 5), ascii(n + 6), ascii(n + 7)

}  // namespace

constexpr CharClass ascii_class[128] = {TG_ROW(0),  TG_ROW(8),  TG_ROW(16), TG_ROW(24), TG_ROW(32), TG_ROW(40),  TG_ROW(48),  TG_ROW(56),
                                        TG_ROW(64), TG_ROW(72), TG_ROW(80), TG_ROW(88), TG_ROW(96), TG_ROW(104), TG_ROW(112), TG_ROW(120)};
#undef TG_ROW

Character wide_character(const char* at, const char* end) {
  auto byte = [at](std::ptrdiff_t i) { return static_cast<unsigned char>(at[i]); };
  Lead first = lead(byte(0));
  std::uint32_t code = byte(0) & (0x3Fu >> first.rest);
  unsigned char low = first.low, high = first.high;
  for (int i = 1; i <= first.rest; ++i) {
    if (at + i >= end || byte(i) < low || byte(i) > high) return {CharClass::other, static_cast<std::uint8_t>(i), false};
    code = code << 6 | (byte(i) & 0x3Fu);
    low = 0x80, high = 0xBF;
  }
  if (first.rest == 0) return {CharClass::other, 1, false};
  return {class_of(code), static_cast<std::uint8_t>(first.rest + 1), true};
}

Character character_before(const char* begin, const char* end) {
  const char* at = end;
  while (at > begin && end - at < 4) {
    --at;
    if ((static_cast<unsigned char>(*at) & 0xC0) != 0x80) break;
  }
  Character found = character(at, end);
  return at + found.size == end ? found : Character{CharClass::other, 1, false};
}

}  // namespace tollgate
