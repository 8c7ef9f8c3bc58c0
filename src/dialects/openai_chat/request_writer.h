#pragma once
// The middle form as a request of OpenAI's chat API. Text completions go out as chats: hosts that take those get them byte for byte.
//
// A tool's answer may hold text only; what else it holds follows as what the user shows. Hosts get reasoning back only where their family
// signed it.

#include "dialects/dialect.h"

namespace tollgate::openai_chat {

Result<WrittenRequest> write_chat_request(const ChatRequest& request, const TargetWays& ways);

}  // namespace tollgate::openai_chat
