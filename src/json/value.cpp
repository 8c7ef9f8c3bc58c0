#include "json/value.h"

#include "json/bytes.h"
#include "json/number.h"
#include "json/unicode.h"

namespace tollgate::json {
namespace {

const char* begin_of(std::string_view text) { return text.data(); }
const char* end_of(std::string_view text) { return text.data() + text.size(); }
std::string_view between(const char* from, const char* to) { return {from, static_cast<std::size_t>(to - from)}; }

// Behind the closing quote; `p` is behind the opening one.
const char* end_of_string(const char* p, const char* end) {
  for (;;) {
    p = find_quote(p, end);
    if (p == end) return end;
    if (*p == '"') return p + 1;
    p = end - p > 2 ? p + 2 : end;
  }
}

// Counts the brackets outside strings.
struct Nesting {
  int depth = 0;
  bool in_string = false;

  // Takes a quote, or a bracket outside a string; true at the bracket that closes the value.
  bool closes_with(char c) {
    if (c == '"') {
      in_string = !in_string;
      return false;
    }
    depth += (c | 0x20) == '{' ? 1 : -1;
    return depth <= 0;
  }
};

// Behind the bracket that closes the value at `p`. A block is looked at once for all of its marks.
const char* end_of_nested(const char* p, const char* end) {
  Nesting nesting;
  while (p != end) {
    BracketMarks marks = bracket_marks(p, end);
    const char* next = p + marks.size;
    while (unsigned wanted = nesting.in_string ? marks.quotes : marks.quotes | marks.brackets) {
      int i = std::countr_zero(wanted);
      if (p[i] == '\\') {
        next = end - p > i + 2 ? p + i + 2 : end;
        break;
      }
      if (nesting.closes_with(p[i])) return p + i + 1;
      marks.drop_through(i);
    }
    p = next;
  }
  return end;
}

const char* end_of_word(const char* p, const char* end) {
  while (p != end && *p != ',' && *p != '}' && *p != ']' && !is_blank(*p)) ++p;
  return p;
}

// REQUIRES: p < end and there is no white space at p.
Value value_at(const char* p, const char* end) {
  Kind kind = kind_of(*p);
  switch (kind) {
    case Kind::string: return {between(p, end_of_string(p + 1, end)), kind};
    case Kind::object: case Kind::array: return {between(p, end_of_nested(p, end)), kind};
    default: return {between(p, end_of_word(p, end)), kind};
  }
}

// The start of the next key or element; null at the closing bracket. `p` is behind the opening bracket or the last
// value.
const char* next_item(const char* p, const char* end) {
  p = skip_blank(p, end);
  if (p != end && *p == ',') p = skip_blank(p + 1, end);
  return p == end || *p == '}' || *p == ']' ? nullptr : p;
}

std::string_view inside_quotes(std::string_view raw) {
  return raw.size() < 2 ? std::string_view() : raw.substr(1, raw.size() - 2);
}
bool has_escapes(std::string_view raw) { return raw.find('\\') != std::string_view::npos; }

}  // namespace

Kind kind_of(char first) {
  switch (first) {
    case '{': return Kind::object;
    case '[': return Kind::array;
    case '"': return Kind::string;
    case 't': case 'f': return Kind::boolean;
    case 'n': return Kind::null;
    default: return Kind::number;
  }
}

std::optional<std::int64_t> Value::integer() const {
  return is(Kind::number) ? whole_number(raw) : std::nullopt;
}

std::optional<bool> Value::boolean() const {
  if (!is(Kind::boolean)) return std::nullopt;
  return raw.front() == 't';
}

std::optional<std::string_view> Value::plain_string() const {
  if (!is(Kind::string) || has_escapes(raw)) return std::nullopt;
  return inside_quotes(raw);
}

std::optional<std::string> Value::string() const {
  if (!is(Kind::string)) return std::nullopt;
  std::string text;
  append_decoded(text, inside_quotes(raw));
  return text;
}

bool Member::key_is(std::string_view key) const {
  // Decoding never makes a text longer, and an escape always makes it shorter.
  if (raw_key.size() < key.size()) return false;
  if (raw_key.size() == key.size()) return raw_key == key && !has_escapes(raw_key);
  if (!has_escapes(raw_key)) return false;
  DecodedBytes decoded(raw_key);
  for (char c : key)
    if (decoded.next() != static_cast<unsigned char>(c)) return false;
  return decoded.next() < 0;
}

std::string Member::key() const {
  std::string text;
  append_decoded(text, raw_key);
  return text;
}

Members::Iterator::Iterator(Value object) {
  if (!object.is(Kind::object) || object.raw.empty()) return;
  at_ = begin_of(object.raw) + 1;
  end_ = end_of(object.raw);
  advance();
}

void Members::Iterator::advance() {
  at_ = next_item(at_, end_);
  if (!at_) return;
  const char* key = at_ + 1;
  const char* behind = end_of_string(key, end_);
  current_.raw_key = behind - key > 0 ? between(key, behind - 1) : std::string_view();
  const char* colon = skip_blank(behind, end_);
  at_ = colon == end_ ? end_ : skip_blank(colon + 1, end_);
  if (at_ == end_) {
    at_ = nullptr;
    return;
  }
  current_.value = value_at(at_, end_);
  at_ = end_of(current_.value.raw);
}

Elements::Iterator::Iterator(Value array) {
  if (!array.is(Kind::array) || array.raw.empty()) return;
  at_ = begin_of(array.raw) + 1;
  end_ = end_of(array.raw);
  advance();
}

void Elements::Iterator::advance() {
  at_ = next_item(at_, end_);
  if (!at_) return;
  current_ = value_at(at_, end_);
  at_ = end_of(current_.raw);
}

std::optional<Value> find(Value object, std::string_view key) {
  for (const Member& member : Members(object))
    if (member.key_is(key)) return member.value;
  return std::nullopt;
}

std::optional<Value> find_path(Value object, std::initializer_list<std::string_view> path) {
  std::optional<Value> at = object;
  for (std::string_view key : path) {
    at = find(*at, key);
    if (!at) return std::nullopt;
  }
  return at;
}

}  // namespace tollgate::json
