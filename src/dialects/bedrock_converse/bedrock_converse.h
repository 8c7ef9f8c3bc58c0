#pragma once
// Bedrock's Converse and ConverseStream. Shapes: AWS's API reference and recorded traffic (wire-quirks 77-88).

#include "dialects/dialect.h"

namespace tollgate::bedrock_converse {

const Dialect& dialect();

}  // namespace tollgate::bedrock_converse
