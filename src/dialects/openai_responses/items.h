#pragma once
// Items: what Responses' input and output are lists of. Read into parts and written from them.

#include <string>
#include <string_view>
#include <vector>

#include "domain/chat_request.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate::openai_responses {

// A message's content or a tool's output: a text, or a list of content parts.
void read_content(const json::Value& content, std::vector<Part>& out);

// What the model made: a message's content, a call, a thought, or an item that only this dialect knows.
void read_model_item(const json::Value& item, std::vector<Part>& out);

// Whether the item is a tool's result, and the result.
bool is_result(std::string_view type);
ToolResult read_result(const json::Value& item);

// Content that a user, a system or a tool says. False, and nothing written: there are no words for it.
bool write_input_part(json::Writer& out, const Part& part);

// A thought as an item. `id` where it has none of its own; may be empty.
void write_reasoning_item(json::Writer& out, const Reasoning& thought, std::string_view id);

// {"type":"output_text", …}
void write_output_text(json::Writer& out, const Text& text, bool of_answer);

}  // namespace tollgate::openai_responses
