#pragma once
// Where the pieces of a text end that are merged each for itself: the regular expressions of OpenAI's encodings, written by hand.
// Source: github.com/openai/tiktoken 0.14.0, tiktoken_ext/openai_public.py, read 2026-11-29. There, with L letters, N numbers, M marks:
//
//   o200k   [^\r\n L N]?[Lu Lt Lm Lo M]*[Ll Lm Lo M]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//           [^\r\n L N]?[Lu Lt Lm Lo M]+[Ll Lm Lo M]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//           N{1,3}     ?[^\s L N]+[\r\n/]*     \s*[\r\n]+     \s+(?!\S)     \s+
//   cl100k  '(?i:[sdmt]|ll|ve|re)     [^\r\n L N]?+L++     N{1,3}+     ?[^\s L N]++[\r\n]*+     \s++$     \s*[\r\n]     \s+(?!\S)     \s
//   p50k    '(?:[sdmt]|ll|ve|re)      ?L++      ?N++      ?[^\s L N]++     \s++$     \s+(?!\S)     \s
//
// Nothing looks behind, so that a piece's end depends on what follows its start only; all ends are found in linear time together.

#include <string_view>

#include "tokens/characters.h"

namespace tollgate {

enum class Splitting : std::uint8_t { o200k, cl100k, p50k };

// `valid` becomes false when a character that was looked at is no UTF-8; it then counts as U+FFFD. REQUIRES: at < end.
template <Splitting splitting>
const char* piece_end(const char* at, const char* end, bool& valid);

}  // namespace tollgate
