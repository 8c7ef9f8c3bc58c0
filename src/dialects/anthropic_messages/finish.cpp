#include "dialects/anthropic_messages/finish.h"

namespace tollgate::anthropic_messages {

FinishReason read_finish(std::string_view word) {
  if (word == "max_tokens" || word == "model_context_window_exceeded") return FinishReason::length;
  if (word == "tool_use") return FinishReason::tool_calls;
  if (word == "stop_sequence") return FinishReason::stop_sequence;
  if (word == "refusal") return FinishReason::refusal;
  if (word == "pause_turn") return FinishReason::pause;
  return word.empty() ? FinishReason::none : FinishReason::stop;
}

std::string_view word_of(FinishReason finish) {
  switch (finish) {
    case FinishReason::length: return "max_tokens";
    case FinishReason::tool_calls: return "tool_use";
    case FinishReason::stop_sequence: return "stop_sequence";
    case FinishReason::content_filter:
    case FinishReason::refusal: return "refusal";
    case FinishReason::pause: return "pause_turn";
    default: return "end_turn";
  }
}

}  // namespace tollgate::anthropic_messages
