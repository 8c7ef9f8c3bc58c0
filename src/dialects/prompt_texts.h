#pragma once
// The texts of a prompt where they lie in its body, whatever the dialect: what a tokenizer is to count. Found by the names that all
// chat dialects use for them; nothing is copied.

#include <functional>

#include "json/value.h"

namespace tollgate {

// What else there is, as far as counting cares.
struct PromptForm {
  std::int64_t messages = 0;  // the system prompt is one
  std::int64_t names = 0;     // of speakers
  std::int64_t text_bytes = 0;  // of what messages say, as it stands in the body, without its quotes
  bool only_text = true;      // no tools, pictures, files or anything that we do not know
};

// Hands each text to `take`, as it stands between its quotes: what messages say, and the names of those who say it. Roles are a token each, and
// not handed out. `root` is the body, an object that was scanned.
PromptForm each_prompt_text(const json::Value& root, const std::function<void(std::string_view raw)>& take);

}  // namespace tollgate
