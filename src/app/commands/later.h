#pragma once
// What the manual names and this version does not have yet: the one list of it. Whoever asks for it is told so by name,
// with exit_misuse, rather than that there is no such command.

#include <span>
#include <string_view>

#include "app/command_line.h"

namespace tollgate {

// One verb of a command (`ledger reprice`) or an option (`keys --admin`).
bool is_later(std::string_view words);
int say_later(std::string_view words);

std::span<const std::string_view> later_words();

}  // namespace tollgate
