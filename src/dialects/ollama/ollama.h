#pragma once
// Ollama's own API: chat, generate and embed, streams as lines of JSON. Shapes: Ollama's API documentation and recorded traffic
// (wire-quirks 92). Streams unless the caller says no.

#include "dialects/dialect.h"

namespace tollgate::ollama {

const Dialect& dialect();

}  // namespace tollgate::ollama
