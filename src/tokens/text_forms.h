#pragma once
// Texts as they come: UTF-8, or the inside of a JSON string. Where they may be cut, and how they become plain UTF-8.

#include <cstddef>
#include <string_view>

namespace tollgate {

enum class TextForm : unsigned char { plain, json };

// A place at which both halves have together as many tokens as the whole: after a letter or number, before a sign (no apostrophe) or
// white space; in JSON away from escapes, but for one that begins there and means a sign or white space. The last such place up to
// `at_most`; where there is none, the first behind it; where there is none either, the end. Never 0.
std::size_t cut_of(std::string_view text, TextForm form, std::size_t at_most);

// What one escape is read and written as; `raw` begins with its backslash. Writes at most 4 bytes.
struct Escape {
  std::size_t read, written;
};
Escape unescape_one(std::string_view raw, char* out);

// Writes what a JSON string's inside means; gives the bytes written, at most raw.size(). A broken escape stays as it is, a lone surrogate
// becomes U+FFFD.
std::size_t unescape(std::string_view raw, char* out);

bool is_utf8(std::string_view text);

// Writes U+FFFD for each maximal subpart that is no UTF-8; gives the bytes written, at most three times text.size().
std::size_t repair(std::string_view text, char* out);

}  // namespace tollgate
