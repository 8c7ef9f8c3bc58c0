#pragma once
// The provider's arithmetic of texts: four bytes are a token, rounded up, and no character is ever cut in two.

#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate::mock {

constexpr std::int64_t bytes_per_token = 4;

constexpr std::int64_t tokens_of(std::size_t bytes) {
  return (static_cast<std::int64_t>(bytes) + bytes_per_token - 1) / bytes_per_token;
}

constexpr bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// How many bytes, at most `bytes_max`, are whole characters of a text that may end within one.
std::size_t whole_characters(std::string_view text, std::size_t bytes_max);

// Where piece `index` of `count` begins; that of `count` is the end. Pieces are as even as characters allow.
std::size_t piece_begin(std::string_view text, std::int64_t index, std::int64_t count);

// Repeats or cuts the text until it has exactly so many tokens; dots fill up where a character had to go.
void stretch(std::string& text, std::int64_t tokens);

}  // namespace tollgate::mock
