#pragma once
// The middle form as a call of Responses.

#include "dialects/dialect.h"

namespace tollgate::openai_responses {

Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways);

}  // namespace tollgate::openai_responses
