#pragma once
// The pieces of a message in OpenAI's chat: its content, its tool calls, its reasoning, read into parts. Requests and answers hold the
// same pieces, and so do the hosts that write them in their own ways (wire-quirks 23-28).

#include <string>
#include <vector>

#include "domain/chat_request.h"
#include "json/value.h"

namespace tollgate::openai_chat {

// `content`: a string or an array of parts.
void read_content(const json::Value& content, std::vector<Part>& out);

// `reasoning_details`, else `reasoning_content`, else `reasoning`.
void read_reasoning(const json::Value& message, std::vector<Part>& out);

// `tool_calls` and the old `function_call`.
void read_tool_calls(const json::Value& message, std::vector<Part>& out);

// All of a message but its role: reasoning, content, refusal, calls.
std::vector<Part> read_message_parts(const json::Value& message);

CacheMark read_cache_mark(const json::Value& object);
// A string's text; empty when it is none.
std::string text_of(const json::Value& object, std::string_view key);

}  // namespace tollgate::openai_chat
