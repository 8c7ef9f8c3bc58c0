#pragma once
// A request of OpenAI's chat or completions API as the middle form.

#include "dialects/call_view.h"
#include "domain/chat_request.h"
#include "base/result.h"

namespace tollgate::openai_chat {

// REQUIRES: the view is of this dialect. Errors: invalid_request, for prompts that no chat can stand for.
Result<ChatRequest> read_chat_request(const CallView& view);

}  // namespace tollgate::openai_chat
