#pragma once
// The short way to the end of what most pieces are: words of ASCII letters shorter than 16, with at most one character before them.
// Everything else, and whatever stands beside a character that is not ASCII, takes the long way (tokens/pieces.h).
//
// 16 bytes are looked at as one: a bit for each that is an upper, and one for each that is a lower case letter.

#include <emmintrin.h>

#include <bit>
#include <cstdint>

#include "tokens/pieces.h"

namespace tollgate {

// Bits of the 16 bytes that lie between two letters, both included.
inline std::uint32_t bytes_between(__m128i bytes, char first, char last) {
  // Moved so that the range ends at the largest signed byte.
  __m128i moved = _mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(127 - last)));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpgt_epi8(moved, _mm_set1_epi8(static_cast<char>(127 - last + first - 1)))));
}

// Of the bytes 0 to 127: what may stand before a word.
struct ShortWordTables {
  bool letter[256] = {}, before[256] = {};
  constexpr explicit ShortWordTables(Splitting splitting) {
    for (int c = 0; c < 128; ++c) {
      letter[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      bool number = c >= '0' && c <= '9';
      before[c] = splitting == Splitting::p50k ? c == ' ' : !letter[c] && !number && c != '\r' && c != '\n';
    }
  }
};
template <Splitting splitting>
inline constexpr ShortWordTables short_word_tables{splitting};

// Null for everything else. Reads up to 17 bytes from `at`, also behind the text: there must be zeroes.
template <Splitting splitting>
inline const char* short_word_end(const char* at) {
  constexpr const ShortWordTables& tables = short_word_tables<splitting>;
  auto byte = [](const char* p) { return static_cast<unsigned char>(*p); };
  const char* start = at;
  if (!tables.letter[byte(at)]) {
    if (!tables.before[byte(at)]) return nullptr;
    if (splitting != Splitting::o200k && *at == '\'') return nullptr;  // contractions come first
    ++start;
  }
  __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(start));
  std::uint32_t upper = bytes_between(bytes, 'A', 'Z'), lower = bytes_between(bytes, 'a', 'z');
  int size;
  if constexpr (splitting == Splitting::o200k) {
    size = std::countr_one(upper);
    size += std::countr_one(lower >> size);
  } else {
    size = std::countr_one(upper | lower);
  }
  if (size == 0 || size >= 16) return nullptr;
  const char* end = start + size;
  if (byte(end) >= 0x80 || (splitting == Splitting::o200k && *end == '\'')) return nullptr;
  return end;
}

}  // namespace tollgate
