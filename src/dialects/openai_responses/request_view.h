#pragma once
// What the gateway must know of a call of Responses.

#include "dialects/dialect.h"

namespace tollgate::openai_responses {

// Checks what must be right before anything is called, and bounds the input's tokens from above.
Result<CallView> view_call(const IncomingCall& call);

}  // namespace tollgate::openai_responses
