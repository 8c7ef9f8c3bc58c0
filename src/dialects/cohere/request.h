#pragma once
// A chat call of Cohere's API in the middle form, and back.

#include "dialects/dialect.h"

namespace tollgate::cohere {

ChatRequest read_chat_request(const CallView& view);
Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways);

}  // namespace tollgate::cohere
