#pragma once
// How far plain bytes go, 16 at a time where the machine has SSE2 (every x86-64), one at a time elsewhere. The searches
// on which the speed of scan, walk and write rests. Each looks at [p, end) only and returns `end` when it finds
// nothing.

#include <bit>
#include <cstddef>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tollgate::json {

#if defined(__SSE2__)
constexpr std::ptrdiff_t block_size = 16;
inline __m128i load_block(const char* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
inline __m128i all(char c) { return _mm_set1_epi8(c); }
inline unsigned bits(__m128i mask) { return static_cast<unsigned>(_mm_movemask_epi8(mask)); }
#endif

constexpr bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
constexpr bool is_plain(char c) { return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\'; }

// The first byte inside a string that is not plain ASCII text: a quote, a backslash, a control character, or from 0x80
// on.
inline const char* skip_plain(const char* p, const char* end) {
#if defined(__SSE2__)
  for (; end - p >= block_size; p += block_size) {
    __m128i block = load_block(p);
    __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(block, all('"')), _mm_cmpeq_epi8(block, all('\\')));
    // Bytes from 0x80 on are negative here, so this finds them together with the control characters.
    marks = _mm_or_si128(marks, _mm_cmplt_epi8(block, all(0x20)));
    if (unsigned found = bits(marks)) return p + std::countr_zero(found);
  }
#endif
  while (p != end && is_plain(*p)) ++p;
  return p;
}

// The next quote or backslash.
inline const char* find_quote(const char* p, const char* end) {
#if defined(__SSE2__)
  for (; end - p >= block_size; p += block_size) {
    __m128i block = load_block(p);
    __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(block, all('"')), _mm_cmpeq_epi8(block, all('\\')));
    if (unsigned found = bits(marks)) return p + std::countr_zero(found);
  }
#endif
  while (p != end && *p != '"' && *p != '\\') ++p;
  return p;
}

// Which of the next bytes, at most 16, are marks: bit i stands for p[i].
struct BracketMarks {
  unsigned quotes = 0;    // and backslashes
  unsigned brackets = 0;  // square and curly
  std::ptrdiff_t size = 0;

  void drop_through(int i) {
    unsigned behind = ~1u << i;
    quotes &= behind;
    brackets &= behind;
  }
};

// '[' and ']' differ from '{' and '}' in the bit 0x20 only. REQUIRES: p < end.
inline BracketMarks bracket_marks(const char* p, const char* end) {
#if defined(__SSE2__)
  if (end - p >= block_size) {
    __m128i block = load_block(p), curly = _mm_or_si128(block, all(0x20));
    __m128i quotes = _mm_or_si128(_mm_cmpeq_epi8(block, all('"')), _mm_cmpeq_epi8(block, all('\\')));
    __m128i brackets = _mm_or_si128(_mm_cmpeq_epi8(curly, all('{')), _mm_cmpeq_epi8(curly, all('}')));
    return {bits(quotes), bits(brackets), block_size};
  }
#endif
  bool quote = *p == '"' || *p == '\\', bracket = (*p | 0x20) == '{' || (*p | 0x20) == '}';
  return {quote, bracket, 1};
}

// The first byte that is no white space. Long runs (indentation, padding) go by blocks.
inline const char* skip_blank(const char* p, const char* end) {
  if (p == end || !is_blank(*p)) return p;
#if defined(__SSE2__)
  for (; end - p >= block_size; p += block_size) {
    __m128i block = load_block(p);
    __m128i blank = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, all(' ')), _mm_cmpeq_epi8(block, all('\n'))),
                                 _mm_or_si128(_mm_cmpeq_epi8(block, all('\r')), _mm_cmpeq_epi8(block, all('\t'))));
    if (unsigned other = bits(blank) ^ 0xFFFFu) return p + std::countr_zero(other);
  }
#endif
  while (p != end && is_blank(*p)) ++p;
  return p;
}

}  // namespace tollgate::json
