#pragma once
// A value that a JSON schema accepts, made of its required members: arguments of tool calls, and answers in a response
// format. Knows type, properties, required, items with minItems, enum, const, anyOf and oneOf (the first); anything
// else is an empty object.

#include <string>

#include "json/value.h"

namespace tollgate::mock {

void append_sample(std::string& out, const json::Value& schema);

}  // namespace tollgate::mock
