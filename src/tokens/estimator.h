#pragma once
// How many tokens a prompt probably has for a model whose tokenizer nobody publishes: what o200k_base makes of its texts, times a number of
// the model's row, and so many for the request, its messages and its tools. Fitted to what providers reported (tools/tokens/fit.py); how well
// it does is docs/token-counting.md.
//
// The first guess only: what a provider reports for a model corrects the next one (tokens/calibration.h).
//
// Recordings are nearly all English. Nothing is known of other scripts, so that a row's number is used for them too.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tollgate {

// Who made a model, and so whose tokenizer it has.
enum class TokenFamily : std::uint8_t { openai, gpt_oss, anthropic, gemini, mistral, cohere, llama, deepseek, grok, qwen, other };

// By words in the model's name: of makers, whoever hosts it.
TokenFamily token_family_of(std::string_view model);

// What o200k_base makes fewer tokens of than others do. `raw` is the inside of a JSON string; what its escapes are written with does not count.
struct TextMarks {
  std::int64_t digits = 0;  // how many more tokens numbers have where each digit is one, and not three of them: 3 for "4200 + 42"
  std::int64_t lines = 0;   // runs of line ends: it takes them and the sign before them for one token
  TextMarks& operator+=(const TextMarks& other) {
    digits += other.digits;
    lines += other.lines;
    return *this;
  }
  friend bool operator==(const TextMarks&, const TextMarks&) = default;
};
TextMarks marks_in(std::string_view raw);

// All counts are of tokens of o200k_base unless they say something else.
struct Prompt {
  std::int64_t text = 0;         // of what messages say, each message for itself
  TextMarks marks{};             // of the same
  std::int64_t tool_text = 0;    // of the tools' JSON
  std::int64_t other_bytes = 0;  // of calls, results and schemas, as they stand in the body
  std::int64_t turns = 0;        // messages that are no system prompt
  std::int64_t instructions = 0; // messages that are one
  std::int64_t tools = 0;
  bool reasons = false;          // the model is asked to reason
  bool must_call = false;        // a tool
};

struct TokenEstimate {
  std::int64_t median = 0;  // as often too low as too high
  std::int64_t upper = 0;   // few prompts have more
};

// A prompt without messages has no frame either: it is a text alone. At least 1.
TokenEstimate estimate(std::string_view model, const Prompt& prompt);

// The row of the table that a model has: its family's name, or that of its generation, where this has a tokenizer or prompts of its own.
std::string_view estimator_row_of(std::string_view model);

}  // namespace tollgate
