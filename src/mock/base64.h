#pragma once
// Base64 (RFC 4648, section 4, with padding): embeddings go out in it, bytes of a script come in.

#include <optional>
#include <string>
#include <string_view>

namespace tollgate::mock {

void append_base64(std::string& out, std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace tollgate::mock
