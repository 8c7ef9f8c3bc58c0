#include "tokens/estimator.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tollgate {
namespace {

// Each is how many tokens one of these has. `request` once, `tools` once for having any, the last two once where they are asked for.
struct Weights {
  std::string_view name;
  double text, digits, lines, tool_text, other_bytes;
  double request, turn, instruction, tool, tools, reasons, must_call;
  double upper_factor, upper_more;
};

constexpr Weights fitted[] = {
#include "tokens/estimator_fitted.inc"
};

struct Mark {
  std::string_view word;
  TokenFamily family;
};
using enum TokenFamily;

// The first that a name holds decides. Distilled models have the tokenizer of what they were made from, but are named after both: they count
// as DeepSeek's.
constexpr Mark marks[] = {
    {"gpt-oss", gpt_oss}, {"claude", anthropic}, {"gemini", gemini}, {"gemma", gemini}, {"mistral", mistral}, {"mixtral", mistral}, {"magistral", mistral},
    {"ministral", mistral}, {"codestral", mistral}, {"devstral", mistral}, {"pixtral", mistral}, {"voxtral", mistral}, {"command", cohere}, {"aya", cohere},
    {"deepseek", deepseek}, {"llama", llama}, {"grok", grok}, {"qwen", qwen}, {"qwq", qwen}, {"gpt", openai}, {"davinci", openai}, {"text-embedding-3", openai},
};
constexpr std::string_view names[] = {"openai", "gpt_oss", "anthropic", "gemini", "mistral", "cohere", "llama", "deepseek", "grok", "qwen", "other"};

// Generations with a row of their own; again the first decides. With each of Claude's the prompt that tools bring has changed, with 4.7 the
// tokenizer too. Mistral's small one has a system prompt of its own. From 3.1 on Llama's template has a system prompt; Ollama's ("llama3.1:8b") leaves it out.
struct Generation {
  TokenFamily family;
  std::string_view word, row;
};
constexpr Generation generations[] = {
    {anthropic, "opus-4-7", "anthropic_4_7"}, {anthropic, "opus-4.7", "anthropic_4_7"}, {anthropic, "opus-4-8", "anthropic_4_7"},
    {anthropic, "opus-4.8", "anthropic_4_7"}, {anthropic, "opus-5", "anthropic_4_7"}, {anthropic, "sonnet-5", "anthropic_4_7"},
    {anthropic, "haiku-5", "anthropic_4_7"},
    {anthropic, "opus-4-5", "anthropic_4_5"}, {anthropic, "opus-4.5", "anthropic_4_5"}, {anthropic, "sonnet-4-5", "anthropic_4_5"},
    {anthropic, "sonnet-4.5", "anthropic_4_5"}, {anthropic, "haiku-4-5", "anthropic_4_5"}, {anthropic, "haiku-4.5", "anthropic_4_5"},
    {anthropic, "opus-4-6", "anthropic_4_5"}, {anthropic, "opus-4.6", "anthropic_4_5"}, {anthropic, "sonnet-4-6", "anthropic_4_5"},
    {anthropic, "sonnet-4.6", "anthropic_4_5"},
    {mistral, "mistral-small", "mistral_small"},
    {llama, "llama-4", "llama_4"}, {llama, "llama4", "llama_4"},
    {llama, "llama3.1:", "llama"}, {llama, "llama3.2:", "llama"}, {llama, "llama3.3:", "llama"},
    {llama, "llama-3.1", "llama_3_1"}, {llama, "llama-3.2", "llama_3_1"}, {llama, "llama-3.3", "llama_3_1"}, {llama, "llama3.1", "llama_3_1"},
    {llama, "llama3.2", "llama_3_1"}, {llama, "llama3.3", "llama_3_1"}, {llama, "llama3-1", "llama_3_1"}, {llama, "llama3-2", "llama_3_1"},
    {llama, "llama3-3", "llama_3_1"},
};

constexpr double tokens_max = 1e15;

std::int64_t whole(double tokens) { return static_cast<std::int64_t>(std::clamp(tokens, 1.0, tokens_max)); }

bool holds(std::string_view text, std::string_view lower_word) {
  auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(), same) != text.end();
}

const Weights& weights_of(std::string_view model) {
  std::string_view row = estimator_row_of(model);
  auto found = std::find_if(std::begin(fitted), std::end(fitted), [&](const Weights& one) { return one.name == row; });
  return found == std::end(fitted) ? std::end(fitted)[-1] : *found;
}

}  // namespace

TokenFamily token_family_of(std::string_view model) {
  for (const Mark& mark : marks)
    if (holds(model, mark.word)) return mark.family;
  return other;
}

std::string_view estimator_row_of(std::string_view model) {
  TokenFamily family = token_family_of(model);
  for (const Generation& one : generations)
    if (one.family == family && holds(model, one.word)) return one.row;
  return names[static_cast<std::size_t>(family)];
}

TextMarks marks_in(std::string_view raw) {
  constexpr std::int64_t group = 3;
  constexpr std::size_t unicode_escape = 6;  // \u0034
  static constexpr auto is_mark = [] {
    std::array<bool, 256> table{};
    for (char c : std::string_view("0123456789\n\\")) table[static_cast<unsigned char>(c)] = true;
    return table;
  }();
  TextMarks marks;
  std::int64_t run = 0;  // of digits
  bool line_end = false;
  auto end_run = [&] {
    marks.digits += run - (run + group - 1) / group;
    run = 0;
  };
  for (std::size_t at = 0; at < raw.size();) {
    std::size_t plain = at;
    while (at < raw.size() && !is_mark[static_cast<unsigned char>(raw[at])]) ++at;
    if (at > plain) {
      end_run();
      line_end = false;
    }
    if (at == raw.size()) break;
    bool is_digit = raw[at] >= '0' && raw[at] <= '9';
    if (!is_digit) end_run();
    run += is_digit ? 1 : 0;
    char escaped = raw[at] == '\\' && at + 1 < raw.size() ? raw[at + 1] : '\0';
    bool ends_line = raw[at] == '\n' || escaped == 'n';
    marks.lines += ends_line && !line_end ? 1 : 0;
    line_end = ends_line;
    at += escaped == 'u' ? unicode_escape : escaped != '\0' ? 2 : 1;
  }
  end_run();
  return marks;
}

TokenEstimate estimate(std::string_view model, const Prompt& prompt) {
  const Weights& weights = weights_of(model);
  auto number = [](std::int64_t value) { return static_cast<double>(value); };
  double tokens = weights.text * number(prompt.text) + weights.digits * number(prompt.marks.digits) + weights.lines * number(prompt.marks.lines) +
                  weights.tool_text * number(prompt.tool_text) + weights.other_bytes * number(prompt.other_bytes);
  if (prompt.turns + prompt.instructions > 0) tokens += weights.request;
  tokens += weights.turn * number(prompt.turns) + weights.instruction * number(prompt.instructions) + weights.tool * number(prompt.tools);
  if (prompt.tools > 0) tokens += weights.tools + (prompt.must_call ? weights.must_call : 0);
  if (prompt.reasons) tokens += weights.reasons;
  return {whole(std::round(tokens)), whole(std::ceil(tokens * weights.upper_factor + weights.upper_more))};
}

}  // namespace tollgate
