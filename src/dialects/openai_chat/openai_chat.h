#pragma once
// OpenAI's chat, completions and embeddings APIs, and the hosts that speak them, as a Dialect.
//
// Reasoning has no place in OpenAI's own messages. Callers get it as compatible hosts write it: `reasoning_content` (DeepSeek) with the
// text, and `reasoning_details` (OpenRouter) with signatures and encrypted parts; a client that sends an assistant message back
// unchanged sends them too. The thought signature of a tool call stands in `extra_content.google.thought_signature`, as at Google's
// compatible endpoint.

#include "dialects/dialect.h"

namespace tollgate::openai_chat {

const Dialect& dialect();

}  // namespace tollgate::openai_chat
