#pragma once
// A whole answer of OpenAI's chat or completions API, or of a host that speaks it, as the middle form.

#include "base/result.h"
#include "domain/chat_response.h"

namespace tollgate::openai_chat {

// Errors: upstream_protocol, and the error that a 200 holds.
Result<ChatResponse> read_chat_response(std::string_view body);

}  // namespace tollgate::openai_chat
