#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/token_counts.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate count --model M [--body] [--dialect openai_chat] [--lines] [FILE]

How many tokens a text has for a model: the number, and `exact` where the model's
encoding is public (OpenAI's), else `estimated`. FILE, or standard input.
--lines counts each line of it for itself; --body takes it as a chat request in
the words of --dialect, with what the form of a chat adds.

  echo 'Hello, world!' | tollgate count --model gpt-4o
  tollgate count --model gpt-4o --lines questions.txt
)";

std::string line_of(const TokenCount& count) { return fmt::format("{} {}\n", count.tokens, count.exact ? "exact" : "estimated"); }

int count_lines(std::istream& in, std::string_view model) {
  std::string out, line;
  constexpr std::size_t flushed_at = 64 * 1024;
  while (std::getline(in, line)) {
    out += line_of(count_text(model, line));
    if (out.size() < flushed_at) continue;
    write_out(out);
    out.clear();
  }
  write_out(out);
  return finish_output(exit_yes);
}

int run(std::span<const std::string> words) {
  CommandLine line;
  auto bad = line.read(words, {{"model", Option::value}, {"dialect", Option::value}, {"body", Option::flag}, {"lines", Option::flag}});
  if (bad) return misuse(count_command, *bad);
  auto model = line.value("model");
  if (!model || model->empty()) return misuse(count_command, "say --model M");
  if (line.rest().size() > 1) return misuse(count_command, "it takes one FILE");
  bool whole_call = line.has("body") || line.has("dialect");
  if (whole_call && line.has("lines")) return misuse(count_command, "--lines counts texts, --body a request");
  std::ifstream file;
  if (!line.rest().empty() && line.rest().front() != "-") {
    file.open(line.rest().front(), std::ios::binary);
    if (!file) return misuse(count_command, fmt::format("{} cannot be read", line.rest().front()));
  }
  std::istream& in = file.is_open() ? file : std::cin;
  if (line.has("lines")) return count_lines(in, *model);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!whole_call) {
    write_out(line_of(count_text(*model, text)));
    return finish_output(exit_yes);
  }
  auto count = count_body(*model, line.value("dialect").value_or(""), text);
  if (!count) return refused(count_command, count.error());
  write_out(line_of(*count));
  return finish_output(exit_yes);
}

}  // namespace

const Command count_command{"count", "counts the tokens of a text or a request", help, run};

}  // namespace tollgate
