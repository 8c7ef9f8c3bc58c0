#pragma once
// Words for reading the parts of a tokenizer.json. The text was scanned before; a part that is missing reads as null.

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace tollgate::tokenizer_json {

// Says what of the file cannot be used: `model.merges: …`.
std::unexpected<Error> bad(std::string_view where, std::string_view what);

json::Value part(const json::Value& object, std::string_view name);
// Empty where it is missing or no string.
std::string text(const json::Value& object, std::string_view name);
bool flag(const json::Value& object, std::string_view name, bool otherwise);

}  // namespace tollgate::tokenizer_json
