#pragma once
// Usage in OpenAI's words: what is part of what, instead of disjoint buckets.

#include "domain/usage.h"
#include "json/write.h"

namespace tollgate::openai_chat {

// Appends the value of `usage`.
void write_usage(json::Writer& out, const Usage& usage);

}  // namespace tollgate::openai_chat
