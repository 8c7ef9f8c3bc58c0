#pragma once
// Base64 (RFC 4648): Google writes bytes in the standard alphabet or in the one for URLs, and reads both.

#include <optional>
#include <string>
#include <string_view>

namespace tollgate::gemini {

std::string to_base64(std::string_view bytes);

// Of either alphabet, with or without padding. Empty when it is none.
std::optional<std::string> from_base64(std::string_view text);

// The same bytes in the standard alphabet with padding, as other dialects want it. What is standard already stays as it is.
std::string standard_base64(std::string_view text);

}  // namespace tollgate::gemini
