#pragma once
// Base64 (RFC 4648): the usual alphabet with padding, and the one for URLs without.

#include <optional>
#include <string>
#include <string_view>

namespace tollgate {

enum class Base64 : unsigned char { usual, url };

void append_base64(std::string& out, std::string_view bytes, Base64 alphabet = Base64::usual);

// Either alphabet, padding optional. Empty when it is neither.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace tollgate
