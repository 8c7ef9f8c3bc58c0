#include "dialects/openai_chat/finish.h"

namespace tollgate::openai_chat {

FinishReason read_finish(std::string_view word) {
  if (word.empty()) return FinishReason::none;
  if (word == "length" || word == "model_length" || word == "max_tokens") return FinishReason::length;
  if (word == "tool_calls" || word == "function_call" || word == "tool_use") return FinishReason::tool_calls;
  if (word == "content_filter") return FinishReason::content_filter;
  return word == "error" ? FinishReason::error : FinishReason::stop;
}

std::string_view word_of(FinishReason finish) {
  switch (finish) {
    case FinishReason::length: return "length";
    case FinishReason::tool_calls: return "tool_calls";
    case FinishReason::content_filter:
    case FinishReason::refusal: return "content_filter";
    default: return "stop";
  }
}

}  // namespace tollgate::openai_chat
