#include "app/commands/later.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace tollgate {
namespace {

constexpr std::string_view words_of_verbs[] = {"keys --admin", "secrets --admin"};

}  // namespace

std::span<const std::string_view> later_words() { return words_of_verbs; }

bool is_later(std::string_view words) { return std::ranges::find(words_of_verbs, words) != std::end(words_of_verbs); }

int say_later(std::string_view words) {
  fmt::print(stderr, "tollgate: `{}` is not yet available in this version\n", words);
  return exit_misuse;
}

}  // namespace tollgate
