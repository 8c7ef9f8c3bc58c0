#include "tokens/pieces.h"

namespace tollgate {
namespace {

// Looks at characters from a place on, and notes whether all were valid.
class Eyes {
 public:
  Eyes(const char* end, bool& valid) : end_(end), valid_(valid) {}
  Character see(const char* at) const {
    Character found = character(at, end_);
    if (!found.valid) [[unlikely]] valid_ = false;
    return found;
  }
  template <class Wanted>
  const char* skip(const char* at, Wanted wanted) const {
    for (Character next = see(at); next.kind != CharClass::none && wanted(next.kind); next = see(at)) at += next.size;
    return at;
  }
  const char* end() const { return end_; }

 private:
  const char* end_;
  bool& valid_;
};

bool is_line_end(char c) { return c == '\r' || c == '\n'; }
bool is_number(CharClass c) { return c == CharClass::number; }
bool is_mark_or_sign(CharClass c) { return c == CharClass::other || c == CharClass::mark; }

// The end of 's, 't, 're, 've, 'm, 'll or 'd, or `at` where there is none.
template <bool any_case>
const char* contraction_end(const char* at, const char* end) {
  constexpr unsigned char to_lower = any_case ? 0x20 : 0;
  if (end - at < 2 || *at != '\'') return at;
  auto letter = [&](int i) { return static_cast<char>(static_cast<unsigned char>(at[i]) | to_lower); };
  char first = letter(1);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 2;
  if (end - at < 3) return at;
  // U+017F, the long s, is an s to a case-insensitive expression.
  if (any_case && static_cast<unsigned char>(at[1]) == 0xC5 && static_cast<unsigned char>(at[2]) == 0xBF) return at + 3;
  char second = letter(2);
  return (first == 'r' || first == 'v') && second == 'e' ? at + 3 : first == 'l' && second == 'l' ? at + 3 : at;
}

const char* letters_end(const char* at, const Eyes& eyes) { return eyes.skip(at, is_letter); }

// [Lu Lt Lm Lo M]*[Ll Lm Lo M]+ or [Lu Lt Lm Lo M]+[Ll Lm Lo M]*, from a letter or mark on. When no lower case follows the upper case, the
// first ends after the last character that may be either; the second takes a word that has none.
const char* cased_end(const char* at, const Eyes& eyes) {
  const char* either_end = nullptr;
  Character next = eyes.see(at);
  for (; next.kind == CharClass::upper || next.kind == CharClass::caseless || next.kind == CharClass::mark; next = eyes.see(at)) {
    at += next.size;
    if (next.kind != CharClass::upper) either_end = at;
  }
  if (next.kind != CharClass::lower) return either_end != nullptr ? either_end : at;
  return eyes.skip(at, [](CharClass c) { return c == CharClass::lower || c == CharClass::caseless || c == CharClass::mark; });
}

template <Splitting splitting>
bool begins_word(CharClass c) { return is_letter(c) || (splitting == Splitting::o200k && c == CharClass::mark); }

template <Splitting splitting>
const char* word_end(const char* at, const Eyes& eyes) {
  if constexpr (splitting != Splitting::o200k) return letters_end(at, eyes);
  return contraction_end<true>(cased_end(at, eyes), eyes.end());
}

template <Splitting splitting>
const char* number_end(const char* at, const Eyes& eyes) {
  if constexpr (splitting == Splitting::p50k) return eyes.skip(at, is_number);
  int count = 0;
  return eyes.skip(at, [&count](CharClass c) { return is_number(c) && count++ < 3; });
}

template <Splitting splitting>
const char* signs_end(const char* at, const Eyes& eyes) {
  at = eyes.skip(at, is_mark_or_sign);
  if constexpr (splitting == Splitting::p50k) return at;
  while (at < eyes.end() && (is_line_end(*at) || (splitting == Splitting::o200k && *at == '/'))) ++at;
  return at;
}

// A run of white space: up to its last line end; else all of it at the end of the text; else all but its last character, which goes to what
// follows; or that one alone.
template <Splitting splitting>
const char* space_end(const char* at, const Eyes& eyes) {
  const char *begin = at, *last = at, *lines_end = nullptr;
  for (Character next = eyes.see(at); next.kind == CharClass::space; next = eyes.see(at)) {
    last = at;
    at += next.size;
    if (is_line_end(*last)) lines_end = at;
  }
  bool at_text_end = at == eyes.end();
  if (splitting != Splitting::o200k && at_text_end) return at;
  if (splitting != Splitting::p50k && lines_end != nullptr) return lines_end;
  return at_text_end || last == begin ? at : last;
}

}  // namespace

template <Splitting splitting>
const char* piece_end(const char* at, const char* end, bool& valid) {
  Eyes eyes(end, valid);
  if constexpr (splitting != Splitting::o200k)
    if (const char* after = contraction_end<splitting == Splitting::cl100k>(at, end); after != at) return after;
  Character first = eyes.see(at);
  if (begins_word<splitting>(first.kind)) return word_end<splitting>(at, eyes);
  if (is_number(first.kind)) return number_end<splitting>(at, eyes);

  const char* second_at = at + first.size;
  Character second = eyes.see(second_at);
  bool after_space = *at == ' ';
  bool before_word = splitting == Splitting::p50k ? after_space : !is_line_end(*at);
  if (before_word && begins_word<splitting>(second.kind)) return word_end<splitting>(second_at, eyes);
  if (splitting == Splitting::p50k && after_space && is_number(second.kind)) return number_end<splitting>(second_at, eyes);
  if (after_space && is_mark_or_sign(second.kind)) return signs_end<splitting>(second_at, eyes);
  if (first.kind == CharClass::space) return space_end<splitting>(at, eyes);
  return signs_end<splitting>(at, eyes);
}

template const char* piece_end<Splitting::o200k>(const char*, const char*, bool&);
template const char* piece_end<Splitting::cl100k>(const char*, const char*, bool&);
template const char* piece_end<Splitting::p50k>(const char*, const char*, bool&);

}  // namespace tollgate
