#pragma once
// Small words about text that several floors use. ASCII only, no locale.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool iequals(std::string_view a, std::string_view b);
std::string lower(std::string_view text);

// Without blanks and tabs at both ends.
std::string_view trimmed(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

// A whole unsigned decimal number; empty for signs, blanks, other characters, or more than 64 bits.
std::optional<std::uint64_t> parse_u64(std::string_view text);

std::string hex(std::string_view bytes);
std::optional<std::string> unhex(std::string_view text);

bool valid_utf8(std::string_view text);

// `pattern` is a literal, or a literal with one trailing `*` that stands for anything.
bool matches(std::string_view pattern, std::string_view value);

// The nearest of `choices` by edit distance, when it is near enough to be a slip of the finger.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& choices);

// `map.find(string_view)` without making a string.
template <class T>
using TextMap = std::map<std::string, T, std::less<>>;

}  // namespace tollgate
