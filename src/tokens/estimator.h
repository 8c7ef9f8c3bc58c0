#pragma once
// How many tokens a prompt probably has for a model whose tokenizer nobody publishes: so many for each part of its texts, and for the
// request, its messages and its tools. Fitted to what providers reported (tools/tokens/fit.py); how well it does is docs/token-counting.md.
//
// The first guess only: what a provider reports for a model corrects the next one (tokens/calibration.h).

#include <cstdint>
#include <string_view>

#include "tokens/shape.h"

namespace tollgate {

// Whose tokenizer a model has. The order is that of estimator_fitted.inc.
enum class TokenFamily : std::uint8_t { openai, gpt_oss, anthropic, gemini, mistral, cohere, llama, deepseek, grok, qwen, other };
constexpr std::size_t token_family_count = 11;

std::string_view name_of(TokenFamily family);
// By words in the model's name: of makers, whoever hosts it.
TokenFamily token_family_of(std::string_view model);

struct Prompt {
  TextShape text;  // of all messages, the system prompt, and the tools' names, descriptions and schemas
  std::int64_t messages = 0;  // the system prompt is one
  std::int64_t tools = 0;
};

struct TokenEstimate {
  std::int64_t median = 0;  // as often too low as too high
  std::int64_t upper = 0;   // for reserving: few prompts have more
};

TokenEstimate estimate(TokenFamily family, const Prompt& prompt);

}  // namespace tollgate
