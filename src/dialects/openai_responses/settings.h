#pragma once
// The settings of a call that its answer repeats: tools, tool choice, format, reasoning.

#include "domain/chat_request.h"
#include "json/write.h"

namespace tollgate::openai_responses {

// False, and nothing written: only another dialect knows the tool.
bool write_tool(json::Writer& out, const Tool& tool, bool own);
// "auto" where the caller said nothing.
void write_choice(json::Writer& out, const ToolChoice& choice);
// {"format": …, "verbosity": …}
void write_text(json::Writer& out, const ChatRequest& request);

}  // namespace tollgate::openai_responses
