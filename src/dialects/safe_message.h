#pragma once
// What of a provider's words may reach a caller: whole sentences from the front, as long as each is harmless.
//
// A sentence with a URL, a host name or address, a file path, HTML, a stack trace, a fragment of a key or any opaque
// token ends the text; so does the length. What is left may be empty: then the caller of this says something of its
// own. The rules would rather lose a harmless sentence than pass a harmful one.

#include <string>
#include <string_view>

namespace tollgate {

constexpr std::size_t max_safe_message_bytes = 300;

std::string safe_message(std::string_view text);

// A short plain word or field path, as providers write into `code` and `param`: letters, digits and _ . - [ ].
bool is_plain_word(std::string_view text, std::size_t max_bytes);

}  // namespace tollgate
