#pragma once
// Settings of a call: generationConfig, toolConfig and tools, read into the middle form.
//
// What it has no word for is kept as an ExtraField named by its path: "generationConfig.speechConfig",
// "generationConfig.thinkingConfig.x", "toolConfig.retrievalConfig". A functionCallingConfig that says more than a ToolChoice can
// (VALIDATED, several allowed names) is kept whole beside the nearest ToolChoice, and so is a responseMimeType such as text/x.enum.

#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/chat_request.h"
#include "json/value.h"

namespace tollgate::gemini {

// REQUIRES of all: the values went through view_call. Errors: a name that cannot be kept as an extra.
Result<void> read_generation_config(const json::Value& config, ChatRequest& out);
Result<void> read_tool_config(const json::Value& config, ChatRequest& out);
void read_tools(const json::Value& tools, ChatRequest& out);

// Keeps a field that is not known. Names with a dot would be mistaken for paths.
Result<void> keep_extra(std::string_view prefix, const json::Member& member, ChatRequest& out);

}  // namespace tollgate::gemini
