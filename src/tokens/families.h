#pragma once
// Which encoding a model has, by its name, and how many tokens the form of a chat adds to its texts.
//
//   encoding_of("gpt-4o-mini-2024-07-18")       o200k_base
//   encoding_of("openai/gpt-5")                 o200k_base: what stands before a slash is left out
//   encoding_of("ft:gpt-3.5-turbo:acme::7p4l")  cl100k_base: a fine-tuned model has its base's
//   encoding_of("claude-sonnet-4-5")            none: an estimate (tokens/estimator.h)
//
// gpt-6 has none either: nothing that was published says which encoding it has.
// Source: github.com/openai/tiktoken 0.14.0, tiktoken/model.py, read 2026-11-29.

#include <cstdint>
#include <optional>
#include <string_view>

#include "tokens/encoding.h"

namespace tollgate {

std::optional<EncodingId> encoding_of(std::string_view model);

// What is left of a model's name without the provider before it and a fine-tuning's frame, in lower case: gpt-4o for FT:GPT-4o:x.
// At most 64 bytes of it.
struct ModelName {
  explicit ModelName(std::string_view model);
  std::string_view text() const { return {bytes_, size_}; }
  bool starts_with(std::string_view prefix) const { return text().starts_with(prefix); }

 private:
  char bytes_[64];
  std::size_t size_ = 0;
};

// "every message follows <|start|>{role/name}\n{content}<|end|>\n", "every reply is primed with <|start|>assistant<|message|>".
// The texts of role, content and name are counted beside it. Tools are not told of there: what they add is an estimate.
// Source: github.com/openai/openai-cookbook, "How to count tokens with tiktoken", part 6, read 2026-11-29.
constexpr std::int64_t tokens_per_role = 1;  // user, assistant, system, developer and tool are a token each, in o200k_base and cl100k_base
constexpr std::int64_t tokens_per_message = 3, tokens_per_name = 1;

// What else the form of a chat adds, by model. A reply of models that reason starts a token earlier; gpt-5 and gpt-oss have a channel ("<|channel|>final")
// in each of their messages, and gpt-oss a prompt of its own before all others.
// Source: what providers reported for the 461 recorded chats of texts alone (docs/token-counting.md, "Recorded calls"), read 2026-11-29.
struct ChatFrame {
  std::int64_t reply_start = 3;
  std::int64_t each_answer = 0;  // of the assistant, in the history
  std::int64_t preamble = 0;     // about
  bool known = true;             // false: hosts add or leave out what nobody tells
};
ChatFrame chat_frame_of(std::string_view model);

// Whether what answers under this name searches and reads unasked, and bills what it reads: `groq/compound`, `o3-deep-research`, OpenRouter's `:online`.
bool reads_by_itself(std::string_view model);

}  // namespace tollgate
