#pragma once
// A message of Cohere's chat, read into parts and written from them. What the model says beside its calls is `tool_plan`.

#include "domain/chat_request.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate::cohere {

// `content`: a string or an array of parts.
void read_content(const json::Value& content, std::vector<Part>& out);
// Of an assistant: thoughts, texts with their citations, plan, calls.
void read_message(const json::Value& message, std::vector<Part>& out);

// Text and images. False, and nothing written: there are no words for it.
bool write_content_part(json::Writer& out, const Part& part);
void write_call(json::Writer& out, const ToolCall& call);
// The fields of an assistant's message behind its role. Thoughts only with `thoughts`.
void write_message(json::Writer& out, const std::vector<Part>& parts, bool thoughts);

}  // namespace tollgate::cohere
