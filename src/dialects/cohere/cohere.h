#pragma once
// Cohere's v2 API: chat, embed and rerank. Shapes: Cohere's API reference and recorded traffic (wire-quirks 89, 90).

#include "dialects/dialect.h"

namespace tollgate::cohere {

const Dialect& dialect();

}  // namespace tollgate::cohere
