#pragma once
// A call in Google's words as the middle form.
//
// systemInstruction becomes a system message in front. Results of functions leave the content that they stand in and become messages
// of role tool. Calls without an id get one, call_<message>_<number>, the same for the same body; results without an id belong to
// the first call of that name that has none yet (quirk 64).

#include "base/result.h"
#include "dialects/call_view.h"
#include "domain/chat_request.h"

namespace tollgate::gemini {

// REQUIRES: `view` came from view_call, of a chat or of a count of tokens.
Result<ChatRequest> read_chat_request(const CallView& view);

}  // namespace tollgate::gemini
