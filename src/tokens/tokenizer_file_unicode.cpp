#include "tokens/tokenizer_file_unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "tokens/characters.h"

namespace tollgate {
namespace {

// utf8proc orders the marks of a stretch by exchanging neighbours: stretches are short, so that time stays linear.
constexpr std::size_t stretch_bytes = 1024, stretch_bytes_max = 2048;

struct Code {
  std::int32_t value = -1;
  std::size_t size = 0;
};

Code code_at(std::string_view text, std::size_t at) {
  Code code;
  auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code.value);
  code.size = size > 0 ? static_cast<std::size_t>(size) : 1;
  return code;
}

void append(std::string& out, std::int32_t code) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  auto size = utf8proc_encode_char(code, bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_mark(std::int32_t code) {
  auto category = utf8proc_category(code);
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
}

// Whether nothing before this character can join it, in any form: no mark, no vowel or end of a Korean syllable, and nothing that is
// rewritten as one (half-width and compatibility letters).
bool begins_anew(std::int32_t code) {
  if (code < 0x300) return true;
  if ((code >= 0x1100 && code < 0x1200) || (code >= 0x3099 && code < 0x30A0) || (code >= 0x3130 && code < 0x3190) || (code >= 0xFF00 && code < 0xFFF0)) return false;
  return !is_mark(code);
}

// The end of the stretch that begins there.
std::size_t end_of_stretch(std::string_view text, std::size_t from, bool& whole) {
  std::size_t at = from;
  while (at < text.size()) {
    Code code = code_at(text, at);
    if (at - from >= stretch_bytes && begins_anew(code.value)) return at;
    if (at - from >= stretch_bytes_max) {
      whole = false;
      return at;
    }
    at += code.size;
  }
  return at;
}

utf8proc_option_t options_of(UnicodeForm form) {
  int options = UTF8PROC_STABLE | (form == UnicodeForm::nfc || form == UnicodeForm::nfkc ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE);
  if (form == UnicodeForm::nfkc || form == UnicodeForm::nfkd) options |= UTF8PROC_COMPAT;
  return static_cast<utf8proc_option_t>(options);
}

bool is_space(std::int32_t code) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  auto size = utf8proc_encode_char(code, bytes.data());
  const char* at = reinterpret_cast<const char*>(bytes.data());
  return character(at, at + size).kind == CharClass::space;
}

}  // namespace

bool in_form(UnicodeForm form, std::string& text) {
  if (is_ascii(text)) return true;
  bool whole = true;
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = end_of_stretch(text, at, whole);
    utf8proc_uint8_t* made = nullptr;
    auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at, static_cast<utf8proc_ssize_t>(end - at), &made, options_of(form));
    std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(made, std::free);
    if (size < 0) whole = false, out.append(text, at, end - at);
    else out.append(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
    at = end;
  }
  text = std::move(out);
  return whole;
}

std::string in_lower_case(std::string_view text) {
  constexpr std::int32_t capital_i_with_dot = 0x130;
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    Code code = code_at(text, at);
    if (code.value == capital_i_with_dot) out += "i\u0307";
    else append(out, utf8proc_tolower(code.value));
    at += code.size;
  }
  return out;
}

std::string without_accents(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    Code code = code_at(text, at);
    if (!is_mark(code.value)) out.append(text, at, code.size);
    at += code.size;
  }
  return out;
}

std::size_t spaces_at_start(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    Code code = code_at(text, at);
    if (!is_space(code.value)) break;
    at += code.size;
  }
  return at;
}

std::size_t spaces_at_end(std::string_view text) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  while (begin < end) {
    Character last = character_before(begin, end);
    if (last.kind != CharClass::space) break;
    end -= last.size;
  }
  return static_cast<std::size_t>(text.data() + text.size() - end);
}

}  // namespace tollgate
