#pragma once
// The middle form as a Messages request. All that system and developer said moves up to `system`, in order; turns of one side that follow
// each other become one, a user's results in front of the rest. What thinking forbids (a temperature, a forced tool) is left out, named.

#include "dialects/dialect.h"

namespace tollgate::anthropic_messages {

// Errors: invalid_request when nobody said anything.
Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways);

}  // namespace tollgate::anthropic_messages
