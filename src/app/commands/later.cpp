#include "app/commands/later.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace tollgate {
namespace {

constexpr std::string_view words_of_verbs[] = {"ledger reprice", "ledger reconcile", "ledger import", "keys --admin",
                                               "secrets --admin"};

constexpr std::string_view help =
    "This command is not yet available in this version. `tollgate --help` lists those that are.\n";

template <std::size_t index>
int refuse(std::span<const std::string>);

constexpr std::string_view manual[][2] = {
    {"import", "not yet available: another gateway's configuration"},
    {"replay", "not yet available: the past under another configuration"},
};

template <std::size_t... index>
constexpr std::array<Command, sizeof...(index)> commands_of(std::index_sequence<index...>) {
  return {Command{manual[index][0], manual[index][1], help, refuse<index>}...};
}

constexpr auto all_commands = commands_of(std::make_index_sequence<std::size(manual)>());

template <std::size_t index>
int refuse(std::span<const std::string>) {
  return say_later(manual[index][0]);
}

}  // namespace

std::span<const Command> later_commands() { return all_commands; }

std::span<const std::string_view> later_words() { return words_of_verbs; }

bool is_later(std::string_view words) {
  return std::ranges::find(words_of_verbs, words) != std::end(words_of_verbs) ||
         std::ranges::find(all_commands, words, &Command::verb) != all_commands.end();
}

int say_later(std::string_view words) {
  fmt::print(stderr, "tollgate: `{}` is not yet available in this version\n", words);
  return exit_misuse;
}

}  // namespace tollgate
