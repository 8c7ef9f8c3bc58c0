#pragma once
// The JSON of an explanation (gateway/explanation.h) as lines for people.

#include <string>
#include <string_view>

namespace tollgate {

std::string explanation_text(std::string_view json);
bool is_allowed(std::string_view json);

}  // namespace tollgate
