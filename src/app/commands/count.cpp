#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/config.h"
#include "app/token_counts.h"
#include "app/tokenizer_shelf.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate count --model M [--body] [--dialect openai_chat] [--lines] [--tokenizer FILE | --config FILE] [FILE]

How many tokens a text has for a model: the number, and `exact` where the model's
encoding is public (OpenAI's), else `estimated`. FILE, or standard input.
--tokenizer reads the model's tokenizer.json, --config those of a configuration:
texts are then counted exactly, and chats up to what the model's template adds.
--lines counts each line of it for itself; --body takes it as a chat request in
the words of --dialect, with what the form of a chat adds.

  echo 'Hello, world!' | tollgate count --model gpt-4o
  tollgate count --model gpt-4o --lines questions.txt
  tollgate count --model llama-3.3-70b --tokenizer llama3.json questions.txt
)";

std::string line_of(const TokenCount& count) { return fmt::format("{} {}\n", count.tokens, count.exact ? "exact" : "estimated"); }

int count_lines(std::istream& in, std::string_view model, const TokenizerFile* tokenizer) {
  std::string out, line;
  constexpr std::size_t flushed_at = 64 * 1024;
  while (std::getline(in, line)) {
    out += line_of(count_text(model, line, tokenizer));
    if (out.size() < flushed_at) continue;
    write_out(out);
    out.clear();
  }
  write_out(out);
  return finish_output(exit_yes);
}

// The operator's, from --tokenizer or --config; null: none is for the model.
Result<std::shared_ptr<const TokenizerFile>> tokenizer_of(const CommandLine& line, const std::string& model) {
  if (auto path = line.value("tokenizer")) return read_tokenizer_file(*path);
  auto file = line.value("config");
  if (!file) return std::shared_ptr<const TokenizerFile>();
  // Counting needs no secrets: each is taken to be there.
  ConfigOptions options{.allow_plain_secrets = true};
  options.secrets = {.env = [](std::string_view name) { return std::optional("not-asked-for-" + std::string(name)); },
                     .file = [](const std::string& path) { return std::optional("not-asked-for-" + path); }};
  auto loaded = load_config_file(*file, options);
  if (!loaded) return fail(Fault::invalid_request, to_string(loaded.error().front()));
  TokenizerShelf shelf;
  TG_TRY(tokenizers, shelf.load(loaded->config.tokenizers));
  return tokenizers == nullptr ? std::shared_ptr<const TokenizerFile>() : tokenizers->find(model);
}

int run(std::span<const std::string> words) {
  CommandLine line;
  auto bad = line.read(words, {{"model", Option::value}, {"dialect", Option::value}, {"body", Option::flag}, {"lines", Option::flag},
                                {"tokenizer", Option::value}, {"config", Option::value}});
  if (bad) return misuse(count_command, *bad);
  auto model = line.value("model");
  if (!model || model->empty()) return misuse(count_command, "say --model M");
  if (line.rest().size() > 1) return misuse(count_command, "it takes one FILE");
  bool whole_call = line.has("body") || line.has("dialect");
  if (whole_call && line.has("lines")) return misuse(count_command, "--lines counts texts, --body a request");
  if (line.has("tokenizer") && line.has("config")) return misuse(count_command, "say one of --tokenizer and --config");
  auto tokenizer = tokenizer_of(line, *model);
  if (!tokenizer) return refused(count_command, tokenizer.error());
  std::ifstream file;
  if (!line.rest().empty() && line.rest().front() != "-") {
    file.open(line.rest().front(), std::ios::binary);
    if (!file) return misuse(count_command, fmt::format("{} cannot be read", line.rest().front()));
  }
  std::istream& in = file.is_open() ? file : std::cin;
  if (line.has("lines")) return count_lines(in, *model, tokenizer->get());
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!whole_call) {
    write_out(line_of(count_text(*model, text, tokenizer->get())));
    return finish_output(exit_yes);
  }
  auto count = count_body(*model, line.value("dialect").value_or(""), text, tokenizer->get());
  if (!count) return refused(count_command, count.error());
  write_out(line_of(*count));
  return finish_output(exit_yes);
}

}  // namespace

const Command count_command{"count", "counts the tokens of a text or a request", help, run};

}  // namespace tollgate
