#include "app/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace tollgate {

std::optional<std::string> CommandLine::read(std::span<const std::string> words, std::initializer_list<Known> known) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (!word.starts_with("--") || word == "--") {
      rest_.emplace_back(word);
      continue;
    }
    word.remove_prefix(2);
    std::size_t equals = word.find('=');
    std::string name(word.substr(0, equals));
    auto found = std::find_if(known.begin(), known.end(), [&](const Known& option) { return option.name == name; });
    if (found == known.end()) {
      std::vector<std::string> names;
      for (const Known& option : known) names.emplace_back(option.name);
      auto near = nearest(name, names);
      return fmt::format("there is no option --{}{}", name, near ? "; did you mean --" + *near : "");
    }
    auto& values = values_[name];
    if (found->kind == Option::flag) {
      if (equals != std::string_view::npos) return fmt::format("--{} takes no value", name);
      continue;
    }
    if (found->kind == Option::value && !values.empty()) return fmt::format("--{} is there twice", name);
    if (equals != std::string_view::npos)
      values.emplace_back(word.substr(equals + 1));
    else if (i + 1 < words.size())
      values.push_back(words[++i]);
    else
      return fmt::format("--{} needs a value", name);
  }
  return std::nullopt;
}

std::optional<std::string> CommandLine::value(std::string_view name) const {
  auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string> CommandLine::values(std::string_view name) const {
  auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

int misuse(const Command& command, std::string_view what) {
  fmt::print(stderr, "tollgate {}: {}\n\n{}", command.verb, what, command.help);
  return exit_misuse;
}

}  // namespace tollgate
