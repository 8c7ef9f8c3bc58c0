#pragma once
// A pattern of a tokenizer.json: a literal, or a regular expression as Oniguruma reads it (Ruby's syntax), run by PCRE2.
//
// The two libraries agree on what tokenizers use: classes, Unicode properties, counted and possessive repeats, alternatives, groups that
// catch nothing, looks around, (?i:…). \s, \d and \w are written as the properties that Oniguruma takes for them. What the two read
// differently (^ and $, a class within a class, \h, {n}+ …) is refused by name.
// Source: github.com/kkos/oniguruma, doc/RE and doc/SYNTAX.md; man pcre2pattern, pcre2syntax (10.42), read 2026-11-29.
//
// After `make` it never changes, and all threads may search with it at once.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tollgate {

class FilePattern {
 public:
  // Errors: invalid_request, with what cannot be used.
  static Result<FilePattern> regex(std::string_view oniguruma);
  static FilePattern literal(std::string_view text);

  enum class Search : unsigned char { found, none, gave_up };  // gave_up: it took too many steps
  struct Match {
    std::size_t begin = 0, end = 0;
  };
  // The next match from there on; an empty one is none. REQUIRES: valid UTF-8.
  Search find(std::string_view text, std::size_t from, Match& match) const;

 private:
  std::string literal_;         // where it is not empty
  std::shared_ptr<void> code_;  // pcre2_code_8, which is not written to
};

// In PCRE2's syntax, meaning the same; for tests too.
Result<std::string> pcre2_of(std::string_view oniguruma);

}  // namespace tollgate
