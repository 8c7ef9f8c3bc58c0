#pragma once
// Where a call's body says the most that an answer may have, and saying it for a caller who did not.

#include <cstdint>
#include <string>
#include <string_view>

#include "json/value.h"

namespace tollgate {

struct MaxOutputField {
  std::string_view parent{};  // an object of the body; empty: the body itself
  std::string_view name;
};

// The body with `tokens` in that place; all other bytes stay. Names are met in camelCase and in snake_case, as Google's JSON allows both.
// REQUIRES: `root` is an object that was scanned.
std::string with_max_output(const json::Value& root, MaxOutputField field, std::int64_t tokens);

}  // namespace tollgate
