#pragma once
// A call of Ollama's API in the middle form.

#include "dialects/dialect.h"

namespace tollgate::ollama {

// Calls get ids from the number of their message; a result belongs to the first call of its tool that has none yet.
Result<ChatRequest> read_chat_request(const CallView& view);

// Extras that stand inside `options` have this before their name.
constexpr std::string_view option_prefix = "options.";

}  // namespace tollgate::ollama
