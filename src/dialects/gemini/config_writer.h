#pragma once
// Settings of the middle form as Google's generationConfig, toolConfig and tools.
//
// Schemas go as JSON Schema (parametersJsonSchema, responseJsonSchema). How much to think is said as a budget to 2.5 models and as a
// level to 3 and later; 1.x and 2.0 do not think, so there it is dropped. Extras that were read from this dialect go back to the
// object that they were found in.

#include "dialects/dialect.h"
#include "dialects/gemini/part_writer.h"
#include "json/write.h"

namespace tollgate::gemini {

// How a model is told to think.
enum class Thinking : unsigned char { never, budget, level };
Thinking thinking_of(std::string_view model);

// Each writes its member of the body, key included, or nothing.
void write_tools(json::Writer& writer, const ChatRequest& request, Dropped& dropped);
void write_tool_config(json::Writer& writer, const ChatRequest& request);
void write_generation_config(json::Writer& writer, const ChatRequest& request, std::string_view model, Dropped& dropped);

// The extras of the body's own level.
void write_top_extras(json::Writer& writer, const ChatRequest& request, Dropped& dropped);

}  // namespace tollgate::gemini
