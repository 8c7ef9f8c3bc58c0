#pragma once
// OpenAI's Responses API: items in, items out. Shapes: OpenAI's API specification and recorded traffic (wire-quirks 39-48).

#include "dialects/dialect.h"

namespace tollgate::openai_responses {

const Dialect& dialect();

}  // namespace tollgate::openai_responses
