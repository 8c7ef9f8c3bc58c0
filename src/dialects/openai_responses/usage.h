#pragma once
// `usage` of Responses, both ways. `input_tokens` holds cached ones, `output_tokens` holds reasoning; the details are parts.

#include <optional>

#include "domain/usage.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate::openai_responses {

// Of an answer: its `usage`, the tier that served it, and the searches among its `output`. Empty when `usage` is no object or holds numbers
// that cannot be.
std::optional<Usage> read_usage(const json::Value& answer);
void write_usage(json::Writer& out, const Usage& usage);

}  // namespace tollgate::openai_responses
