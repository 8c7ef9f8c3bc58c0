#include "json/unicode.h"

#include <algorithm>

namespace tollgate::json {
namespace {

constexpr int replacement = 0xFFFD;

unsigned byte_at(const char* p, const char* end) { return p < end ? static_cast<unsigned char>(*p) : 0u; }
bool continues(unsigned byte) { return (byte & 0xC0u) == 0x80u; }

// What the second byte of a sequence must lie between, by its first byte: it rules out overlong forms, surrogates and
// what is above U+10FFFF.
struct Range {
  unsigned low, high;
};
Range second_byte(unsigned first) {
  switch (first) {
    case 0xE0: return {0xA0, 0xBF};
    case 0xED: return {0x80, 0x9F};
    case 0xF0: return {0x90, 0xBF};
    case 0xF4: return {0x80, 0x8F};
    default: return {0x80, 0xBF};
  }
}
int sequence_length(unsigned first) {
  if (first < 0xC2 || first > 0xF4) return 0;
  return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

int encode_utf8(int code_point, char* out) {
  auto put = [&](int i, int bits) { out[i] = static_cast<char>(bits); };
  if (code_point < 0x80) return put(0, code_point), 1;
  if (code_point < 0x800) return put(0, 0xC0 | code_point >> 6), put(1, 0x80 | (code_point & 0x3F)), 2;
  if (code_point < 0x10000) {
    put(0, 0xE0 | code_point >> 12), put(1, 0x80 | (code_point >> 6 & 0x3F)), put(2, 0x80 | (code_point & 0x3F));
    return 3;
  }
  put(0, 0xF0 | code_point >> 18), put(1, 0x80 | (code_point >> 12 & 0x3F));
  put(2, 0x80 | (code_point >> 6 & 0x3F)), put(3, 0x80 | (code_point & 0x3F));
  return 4;
}

int simple_escape(char c) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '"': case '\\': case '/': return c;
    default: return -1;
  }
}

// The code point of a checked \u escape (one or two units).
int escaped_code_point(const char* p) {
  int unit = hex4(p + 2);
  if (!is_high_surrogate(unit)) return unit;
  return 0x10000 + ((unit - 0xD800) << 10) + (hex4(p + 8) - 0xDC00);
}

}  // namespace

Utf8 utf8_at(const char* p, const char* end) {
  unsigned first = byte_at(p, end);
  int length = sequence_length(first);
  if (length == 0) return {1, false};
  Range range = second_byte(first);
  unsigned second = byte_at(p + 1, end);
  if (second < range.low || second > range.high) return {1, false};
  for (int i = 2; i < length; ++i)
    if (!continues(byte_at(p + i, end))) return {i, false};
  return {length, true};
}

const char* skip_utf8(const char*& p, const char* end) {
  while (p != end && static_cast<signed char>(*p) < 0) {
    // Most text beyond Latin: three bytes whose first needs no special care.
    unsigned first = static_cast<unsigned char>(*p);
    bool common = end - p >= 3 && first > 0xE0 && first < 0xED;
    if (common && continues(byte_at(p + 1, end)) && continues(byte_at(p + 2, end))) {
      p += 3;
      continue;
    }
    Utf8 sequence = utf8_at(p, end);
    if (!sequence.valid) return nullptr;
    p += sequence.length;
  }
  return p;
}

int hex4(const char* p) {
  int a = hex_digit(p[0]), b = hex_digit(p[1]), c = hex_digit(p[2]), d = hex_digit(p[3]);
  return (a | b | c | d) < 0 ? -1 : a << 12 | b << 8 | c << 4 | d;
}

const char* skip_escape(const char* p, const char* end) {
  if (end - p < 2) return nullptr;
  if (p[1] != 'u') return simple_escape(p[1]) < 0 ? nullptr : p + 2;
  if (end - p < 6) return nullptr;
  int unit = hex4(p + 2);
  if (unit < 0 || is_low_surrogate(unit)) return nullptr;
  if (!is_high_surrogate(unit)) return p + 6;
  if (end - p < 12 || p[6] != '\\' || p[7] != 'u' || !is_low_surrogate(hex4(p + 8))) return nullptr;
  return p + 12;
}

void DecodedBytes::decode_escape() {
  const char* next = skip_escape(at_, end_);
  int code_point = replacement;
  if (next) code_point = at_[1] == 'u' ? escaped_code_point(at_) : simple_escape(at_[1]);
  at_ = next ? next : at_ + 1;
  size_ = encode_utf8(code_point, bytes_);
  used_ = 0;
}

void append_decoded(std::string& out, std::string_view raw) {
  while (!raw.empty()) {
    std::size_t plain = std::min(raw.find('\\'), raw.size());
    out.append(raw.substr(0, plain));
    raw.remove_prefix(plain);
    if (raw.empty()) return;
    const char* next = skip_escape(raw.data(), raw.data() + raw.size());
    std::size_t length = next ? static_cast<std::size_t>(next - raw.data()) : 1;
    DecodedBytes escape(raw.substr(0, length));
    for (int byte = escape.next(); byte >= 0; byte = escape.next()) out += static_cast<char>(byte);
    raw.remove_prefix(length);
  }
}

int compare_decoded(std::string_view a, std::string_view b) {
  DecodedBytes left(a), right(b);
  for (;;) {
    int x = left.next(), y = right.next();
    if (x != y) return x - y;
    if (x < 0) return 0;
  }
}

}  // namespace tollgate::json
