#pragma once
// The words behind `tollgate VERB`: options (`--name value`, `--name=value`, flags) and the rest in order.
//
//   CommandLine line;
//   if (auto bad = line.read(words, {{"config", Option::value}, {"json", Option::flag}})) …   // what is wrong with them

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace tollgate {

enum class Option : std::uint8_t { flag, value, values };  // values: may come several times

class CommandLine {
 public:
  struct Known {
    std::string_view name;
    Option kind;
  };
  // Empty when all is well, else a sentence for the operator.
  std::optional<std::string> read(std::span<const std::string> words, std::initializer_list<Known> known);

  bool has(std::string_view name) const { return values_.contains(name); }
  std::optional<std::string> value(std::string_view name) const;
  std::vector<std::string> values(std::string_view name) const;
  const std::vector<std::string>& rest() const { return rest_; }

 private:
  TextMap<std::vector<std::string>> values_;
  std::vector<std::string> rest_;
};

// Exit codes of every command.
constexpr int exit_yes = 0;
constexpr int exit_no = 1;
constexpr int exit_misuse = 2;

// A verb. `help` has an example and ends with a newline. `run` gets the words behind the verb and gives the exit code; data goes
// to stdout, words to stderr.
struct Command {
  std::string_view verb;
  std::string_view summary;  // one line
  std::string_view help;
  int (*run)(std::span<const std::string> words);
};

// All of them, in the order of the manual. main.cpp chooses.
std::span<const Command> commands();

// Says what is wrong on stderr and gives exit_misuse.
int misuse(const Command& command, std::string_view what);

}  // namespace tollgate
