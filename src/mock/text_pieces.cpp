#include "mock/text_pieces.h"

#include <algorithm>

namespace tollgate::mock {
namespace {

std::size_t character_bytes(char first) {
  auto byte = static_cast<unsigned char>(first);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

std::size_t whole_characters(std::string_view text, std::size_t bytes_max) {
  std::size_t end = std::min(text.size(), bytes_max);
  if (end == 0) return 0;
  std::size_t last = end - 1;
  while (last > 0 && continues_character(text[last])) --last;
  return last + character_bytes(text[last]) <= end ? end : last;
}

std::size_t piece_begin(std::string_view text, std::int64_t index, std::int64_t count) {
  std::size_t at =
      count == 0 ? text.size() : text.size() * static_cast<std::size_t>(index) / static_cast<std::size_t>(count);
  while (at < text.size() && continues_character(text[at])) ++at;
  return at;
}

void stretch(std::string& text, std::int64_t tokens) {
  auto size = static_cast<std::size_t>(tokens * bytes_per_token);
  if (text.empty()) text = "word";
  std::size_t unit = text.size();
  text.reserve(size + unit);
  while (text.size() < size) text.append(text, 0, unit);
  text.resize(whole_characters(text, size));
  text.append(size - text.size(), '.');
}

}  // namespace tollgate::mock
