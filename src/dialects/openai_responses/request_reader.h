#pragma once
// A call of Responses in the middle form.

#include "dialects/dialect.h"

namespace tollgate::openai_responses {

Result<ChatRequest> read_chat_request(const CallView& view);

}  // namespace tollgate::openai_responses
