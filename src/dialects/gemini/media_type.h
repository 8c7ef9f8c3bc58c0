#pragma once
// What kind of file something is, where nobody said: by its address or by its first bytes. Google wants a type for each.

#include <string_view>

namespace tollgate::gemini {

// By the extension of a URL's path; empty when it is not known.
std::string_view media_type_of_url(std::string_view url);

// By the first bytes, in base64; empty when they are not known.
std::string_view media_type_of_base64(std::string_view base64);

}  // namespace tollgate::gemini
