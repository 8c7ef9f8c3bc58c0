#include "json/write.h"

#include <charconv>
#include <cmath>

#include "json/bytes.h"
#include "json/unicode.h"

namespace tollgate::json {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t longest_number = 32;                // characters of any 64-bit integer or double

void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    default: break;
  }
  auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

// Copies the sequence at `p`, or its replacement; the place behind it.
const char* append_sequence(std::string& out, const char* p, const char* end) {
  Utf8 sequence = utf8_at(p, end);
  out += sequence.valid ? std::string_view(p, static_cast<std::size_t>(sequence.length)) : replacement;
  return p + sequence.length;
}

void append_number(std::string& out, auto number) {
  char digits[longest_number];
  auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
  assert(error == std::errc());
  out.append(digits, end);
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  const char* p = text.data();
  const char* end = p + text.size();
  while (p != end) {
    const char* special = skip_plain(p, end);
    out.append(p, special);
    p = special;
    if (p == end) break;
    if (static_cast<signed char>(*p) < 0) {
      p = append_sequence(out, p, end);
    } else {
      append_escaped(out, *p++);
    }
  }
  out += '"';
}

Writer& Writer::key(std::string_view name) {
  separate();
  append_quoted(out_, name);
  out_ += ':';
  comma_due_ = false;
  return *this;
}

Writer& Writer::value(std::string_view text) {
  separate();
  append_quoted(out_, text);
  return *this;
}

Writer& Writer::real(double number) {
  if (!std::isfinite(number)) return null();
  separate();
  append_number(out_, number);
  return *this;
}

Writer& Writer::open(char bracket) {
  separate();
  out_ += bracket;
  comma_due_ = false;
  ++depth_;
  return *this;
}

Writer& Writer::close(char bracket) {
  assert(depth_ > 0);
  --depth_;
  out_ += bracket;
  comma_due_ = true;
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  std::size_t begin = out_.size();
  literal(json);
  if (json.find_first_of("\n\r") == std::string_view::npos) return *this;
  for (std::size_t i = begin; i < out_.size(); ++i)  // inside strings they are escaped
    if (out_[i] == '\n' || out_[i] == '\r') out_[i] = ' ';
  return *this;
}

Writer& Writer::literal(std::string_view text) {
  separate();
  out_ += text;
  return *this;
}

Writer& Writer::signed_integer(std::int64_t number) {
  separate();
  append_number(out_, number);
  return *this;
}

Writer& Writer::unsigned_integer(std::uint64_t number) {
  separate();
  append_number(out_, number);
  return *this;
}

}  // namespace tollgate::json
