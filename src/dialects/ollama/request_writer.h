#pragma once
// The middle form as a call of Ollama's chat.

#include "dialects/dialect.h"

namespace tollgate::ollama {

Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways);

}  // namespace tollgate::ollama
