// `tollgate VERB …`: chooses the command. All of them are in commands.cpp.

#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "app/command_line.h"
#include "app/version.h"

namespace tollgate {
namespace {

void print_overview(std::FILE* to) {
  fmt::print(to, "tollgate {}: an AI gateway that counts tokens and money\n\n", version_text);
  for (const Command& command : commands()) fmt::print(to, "  {:<10} {}\n", command.verb, command.summary);
  fmt::print(to, "\n`tollgate VERB --help` tells more.\n");
}

int run(std::span<const std::string> words) {
  if (words.empty()) {
    print_overview(stderr);
    return exit_misuse;
  }
  if (words[0] == "--help" || words[0] == "help") {
    print_overview(stdout);
    return exit_yes;
  }
  std::vector<std::string> verbs;
  for (const Command& command : commands()) {
    verbs.emplace_back(command.verb);
    if (command.verb != words[0]) continue;
    for (const std::string& word : words.subspan(1)) {
      if (word != "--help") continue;
      fmt::print("{}", command.help);
      return exit_yes;
    }
    return command.run(words.subspan(1));
  }
  auto near = nearest(words[0], verbs);
  fmt::print(stderr, "tollgate: there is no command `{}`{}\n", words[0], near ? "; did you mean `" + *near + "`?" : "");
  return exit_misuse;
}

}  // namespace
}  // namespace tollgate

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  try {
    return tollgate::run(words);
  } catch (const std::exception& error) {
    fmt::print(stderr, "tollgate: {}\n", error.what());
    return tollgate::exit_misuse;
  }
}
