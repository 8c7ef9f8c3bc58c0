#pragma once
// One element of `choices`: of a chat answer (`message`), of a chat chunk (`delta`) or of the old completions API
// (`text`). Both modes read it here, so they cannot disagree on what is content.
//
// The byte counts serve estimates where no usage comes: UTF-8 bytes of the decoded text, tool names and arguments
// included, padding (`obfuscation`, quirk 7) and what merely repeats (Perplexity's `message` beside `delta`, quirk 19)
// excluded.

#include <cstdint>
#include <string_view>

#include "json/value.h"

namespace tollgate::openai_chat {

struct Choice {
  std::int64_t index = 0;
  bool content = false;            // text, reasoning, a tool call, a refusal, audio or an image came
  std::string_view finish_reason;  // as written, without quotes; empty: none (also for null and "", quirk 30)
  bool failed = false;             // an `error` object, or finish_reason "error" (OpenRouter)
  json::Value error{};             // the object, when there is one
  std::int64_t text_bytes = 0;     // visible: text, refusal, transcript, tool calls
  std::int64_t reasoning_bytes = 0;
};

Choice read_choice(const json::Value& choice);

// The length of a string value after decoding, in bytes of UTF-8.
std::int64_t decoded_bytes(const json::Value& string);

}  // namespace tollgate::openai_chat
