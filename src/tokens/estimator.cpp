#include "tokens/estimator.h"

#include <algorithm>
#include <cmath>

namespace tollgate {
namespace {

struct Weights {
  double parts[part_count];
  double request, message, tool, tools;  // `tools` once, for having any
  double upper_factor, upper_more;
};

constexpr Weights fitted[token_family_count] = {
#include "tokens/estimator_fitted.inc"
};

constexpr std::string_view names[token_family_count] = {"openai", "gpt_oss", "anthropic", "gemini", "mistral", "cohere", "llama", "deepseek", "grok", "qwen", "other"};

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

std::int64_t whole(double tokens) {
  constexpr double most = 1e15;
  return static_cast<std::int64_t>(std::ceil(std::clamp(tokens, 1.0, most)));
}

bool holds(std::string_view text, std::string_view lower_word) {
  auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(), same) != text.end();
}

}  // namespace

std::string_view name_of(TokenFamily family) { return names[static_cast<std::size_t>(family)]; }

TokenFamily token_family_of(std::string_view model) {
  for (const Mark& mark : marks)
    if (holds(model, mark.word)) return mark.family;
  return other;
}

TokenEstimate estimate(TokenFamily family, const Prompt& prompt) {
  const Weights& weights = fitted[static_cast<std::size_t>(family)];
  auto messages = static_cast<double>(prompt.messages), tools = static_cast<double>(prompt.tools);
  double tokens = weights.request + weights.message * messages + weights.tool * tools + (prompt.tools > 0 ? weights.tools : 0);
  for (std::size_t i = 0; i < part_count; ++i) tokens += weights.parts[i] * static_cast<double>(prompt.text.parts[i]);
  return {whole(tokens), whole(tokens * weights.upper_factor + weights.upper_more)};
}

}  // namespace tollgate
