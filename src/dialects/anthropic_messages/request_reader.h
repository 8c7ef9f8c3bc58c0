#pragma once
// A Messages request as the middle form: `system` becomes messages in front.

#include "base/result.h"
#include "dialects/call_view.h"
#include "domain/chat_request.h"

namespace tollgate::anthropic_messages {

// REQUIRES: the view is of this dialect.
Result<ChatRequest> read_chat_request(const CallView& view);

}  // namespace tollgate::anthropic_messages
