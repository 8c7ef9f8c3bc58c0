#pragma once
// What a chat model answered, whatever the dialect.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/chat_request.h"
#include "domain/usage.h"

namespace tollgate {

enum class FinishReason : unsigned char {
  none,            // not said
  stop,            // the model was done
  stop_sequence,   // one of the caller's stop texts came
  length,          // the maximum, or the context's end
  tool_calls,
  content_filter,  // the provider's filter or guardrail
  refusal,         // the model declined
  pause,           // a server-side tool's turn is to be continued (Anthropic's pause_turn)
  error,           // Gemini's MALFORMED_FUNCTION_CALL and the like
};

// One answer; n of them may come.
struct ChatChoice {
  std::int64_t index = 0;
  std::vector<Part> parts{};
  FinishReason finish = FinishReason::none;
  std::string stop_sequence{};   // the text that came
  std::string native_finish{};   // the provider's own word
  std::string logprobs{};        // JSON, as OpenAI writes it; empty: none
  friend bool operator==(const ChatChoice&, const ChatChoice&) = default;
};

struct ChatResponse {
  std::string dialect{};  // that it was read from; whose extras these are
  std::string id{};
  std::string model{};    // the provider's word for it
  std::int64_t created = 0;  // seconds since 1970; 0: not said
  std::vector<ChatChoice> choices{};
  std::optional<Usage> usage{};
  std::string service_tier{};
  std::vector<ExtraField> extras{};
  friend bool operator==(const ChatResponse&, const ChatResponse&) = default;
};

}  // namespace tollgate
