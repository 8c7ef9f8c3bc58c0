#pragma once
// `finish_reason`, both ways.

#include <string_view>

#include "domain/chat_response.h"

namespace tollgate::openai_chat {

// Hosts have words of their own (wire-quirks 30); an empty one says nothing.
FinishReason read_finish(std::string_view word);
std::string_view word_of(FinishReason finish);

}  // namespace tollgate::openai_chat
