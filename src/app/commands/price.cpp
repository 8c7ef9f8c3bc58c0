#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "app/commands/commands.h"
#include "app/commands/data_choice.h"
#include "app/commands/output.h"
#include "app/commands/question_config.h"
#include "app/price_answers.h"
#include "async/clock.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate price [--config FILE] [--lines] [FILE]

What a usage costs, as a row of the ledger would have it. FILE, or standard input,
is a JSON object: `model`, and where wanted `provider` (a type such as openai; with
--config a provider of it), `at` (the time of the call), `service_tier` (flex,
priority, fast, batch), and the counts: input_tokens, cache_read_tokens,
cache_write_5m_tokens, cache_write_1h_tokens, audio_input_tokens, output_tokens,
reasoning_tokens, audio_output_tokens, image_count, and what is billed beside them
(docs/prices.md). --config takes its prices and terms. --lines takes an object a
line and answers each on a line of its own. Exit 1: a model has no price.

  tollgate price usage.json
  echo '{"model": "gpt-4o", "input_tokens": 812, "output_tokens": 1024}' | tollgate price
)";

constexpr std::size_t longest_question = 64 * 1024;

// Nothing is sent, so no secret is needed.
Result<LoadedConfig> load(const std::string& file) {
  ConfigOptions options;
  options.allow_plain_secrets = true;
  options.secrets = with_stand_ins({});
  return load_for_question(file, std::move(options));
}

std::string error_line(const Error& error) {
  std::string out;
  json::Writer(out).begin_object().member("error", error.detail).member("param", error.param).end_object();
  return out;
}

// Every line has an answer, also one that cannot be understood.
int answer_lines(std::istream& in, const PriceAnswers& answers, WallTime now) {
  int code = exit_yes;
  std::string out, line;
  constexpr std::size_t flushed_at = 64 * 1024;
  while (std::getline(in, line)) {
    auto answer = line.size() > longest_question ? fail(Fault::invalid_request, "the line is too long") : answers.answer(line, now);
    if (!answer) code = answer.error().fault == Fault::not_found ? std::max(code, exit_no) : exit_misuse;
    out += (answer ? *answer : error_line(answer.error())) + '\n';
    if (out.size() < flushed_at) continue;
    if (!write_out(out)) break;
    out.clear();
  }
  write_out(out);
  return finish_output(code);
}

int run(std::span<const std::string> words) {
  CommandLine line;
  if (auto bad = line.read(words, {config_option, {"lines", Option::flag}})) return misuse(price_command, *bad);
  if (line.rest().size() > 1) return misuse(price_command, "it takes one FILE");
  std::optional<LoadedConfig> loaded;
  if (auto file = line.value("config")) {
    auto config = load(*file);
    if (!config) return misuse(price_command, config.error().detail);
    loaded = std::move(*config);
  }
  auto answers = PriceAnswers::over(loaded ? &loaded->config : nullptr);
  if (!answers) return misuse(price_command, answers.error().detail);
  std::ifstream file;
  if (!line.rest().empty() && line.rest().front() != "-") {
    file.open(line.rest().front(), std::ios::binary);
    if (!file) return misuse(price_command, fmt::format("{} cannot be read", line.rest().front()));
  }
  std::istream& in = file.is_open() ? file : std::cin;
  WallTime now = SystemClock().wall();
  if (line.has("lines")) return answer_lines(in, *answers, now);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  auto answer = answers->answer(text, now);
  if (!answer) return refused(price_command, answer.error());
  write_out(*answer + '\n');
  return finish_output(exit_yes);
}

}  // namespace

const Command price_command{"price", "tells what a usage costs", help, run};

}  // namespace tollgate
