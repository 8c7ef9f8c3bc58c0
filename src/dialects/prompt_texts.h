#pragma once
// The texts of a prompt where they lie in its body, whatever the dialect: what a tokenizer is to count. Found by the names that all
// chat dialects use for them; nothing is copied.

#include <functional>

#include "json/value.h"

namespace tollgate {

// What else there is, as far as counting cares.
struct PromptForm {
  std::int64_t messages = 0;  // the system prompt is one
  std::int64_t instructions = 0;  // of them, those that are a system prompt
  std::int64_t names = 0;     // of speakers
  std::int64_t answers = 0;   // messages of the assistant
  std::int64_t tools = 0;
  std::int64_t text_bytes = 0;   // of what messages say, as it stands in the body, without its quotes
  std::int64_t tool_bytes = 0;
  std::int64_t other_bytes = 0;  // of calls, results, pictures, schemas: what is neither
  std::int64_t named_files = 0;  // by an id or a URL: their bytes are not in the body
  bool reasons = false;   // the model is asked to reason
  bool must_call = false; // a tool
  bool only_text = true;      // no tools, pictures, files, stored conversations or anything that we do not know
};

// A text, as it stands between its quotes.
struct PromptText {
  std::string_view raw;
  bool continues = false;  // the text before it goes on: for the model both are one
};
using TakeText = std::function<void(const PromptText&)>;
using TakeTool = std::function<void(std::string_view raw)>;  // a tool's JSON

// Hands out each text: what messages say, and the names of those who say it; and each tool. Roles are a token each, and not handed out. `root` is
// the body, an object that was scanned.
PromptForm each_prompt_text(const json::Value& root, const TakeText& take, const TakeTool& take_tool);

}  // namespace tollgate
