#pragma once
// Guesses at what was meant. A guess is offered only when it is near: none is better than a wrong one.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"

namespace tollgate::config {

// A group that is being read: its fields, and its path as people write it.
struct Enclosing {
  const Fields* fields = nullptr;
  std::string setting{};
};

// For an unknown name in the last of `groups` (outermost first): a near name, the name that others' manuals use for it,
// or the group where the name is at home.
std::string suggest_setting(std::string_view word, std::span<const Enclosing> groups);

// For a value that its kind does not read: `5 s` -> `5s`, `yes` -> `true`, `64 KB` -> `64KB`, `$5` -> `5`.
std::string suggest_value(std::string_view word, const Type& type);

// For a word that is none of `words`: a near one, or the only one with the same beginning (`daily` -> `day`).
std::string suggest_word(std::string_view word, const std::vector<std::string>& words);

// For a bare secret that looks like a reference in another tool's style: `${NAME}`, `$NAME`, `os.environ/NAME`. Else
// empty, so that no secret is ever repeated.
std::string suggest_secret(std::string_view word);

// The words that a value may be, empty when it is free.
std::vector<std::string> allowed_words(const Type& type, const Field& field);

// "one of `a`, `b`", or the words of its kind.
std::string words_of_kind(const Type& type, const Field& field);

}  // namespace tollgate::config
