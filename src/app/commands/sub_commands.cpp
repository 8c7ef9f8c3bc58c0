#include "app/commands/sub_commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace tollgate {

int run_one_of(const Command& command, std::span<const SubCommand> verbs, std::span<const std::string> words) {
  std::vector<std::string> names;
  for (const SubCommand& verb : verbs) names.emplace_back(verb.name);
  if (words.empty()) return misuse(command, fmt::format("it needs one of: {}", fmt::join(names, " ")));
  for (const SubCommand& verb : verbs)
    if (verb.name == words[0]) return verb.run(words.subspan(1));
  std::string whole = fmt::format("{} {}", command.verb, words[0]);
  auto near = nearest(words[0], names);
  return misuse(command, fmt::format("there is no `{}`{}", whole, near ? "; did you mean `" + *near + "`?" : ""));
}

}  // namespace tollgate
