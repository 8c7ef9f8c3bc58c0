#pragma once
// Commands with verbs of their own: `tollgate keys create …`.

#include <span>
#include <string>
#include <string_view>

#include "app/command_line.h"

namespace tollgate {

struct SubCommand {
  std::string_view name;
  int (*run)(std::span<const std::string> words);  // those behind its name
};

// Runs the one that the first word names. An unknown or missing one is misuse.
int run_one_of(const Command& command, std::span<const SubCommand> verbs, std::span<const std::string> words);

}  // namespace tollgate
