#pragma once
// Pieces of messages in OpenAI's words, for requests to hosts and answers to callers.

#include <string>
#include <vector>

#include "domain/chat_request.h"
#include "json/write.h"

namespace tollgate::openai_chat {

// One tool call as an element of `tool_calls`, without `index`.
void write_tool_call(json::Writer& out, const ToolCall& call, bool with_signature);

// A part of content that is no text, or a text with a cache mark. False when OpenAI has no words for it; then nothing is written.
bool write_content_part(json::Writer& out, const Part& part);

void write_cache_mark(json::Writer& out, CacheMark mark);

}  // namespace tollgate::openai_chat
