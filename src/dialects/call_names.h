#pragma once
// Ids for tool calls of models that give none (Gemini, Ollama), so that callers can tell which result belongs to which call.

#include "base/ids.h"
#include "domain/chat_response.h"
#include "domain/stream_event.h"

namespace tollgate {

void name_calls(ChatResponse& response, RequestId id);
void name_calls(StreamEvent& event, RequestId id);

}  // namespace tollgate
