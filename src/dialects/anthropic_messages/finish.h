#pragma once
// `stop_reason`, both ways.

#include <string_view>

#include "domain/chat_response.h"

namespace tollgate::anthropic_messages {

FinishReason read_finish(std::string_view word);
std::string_view word_of(FinishReason finish);

}  // namespace tollgate::anthropic_messages
