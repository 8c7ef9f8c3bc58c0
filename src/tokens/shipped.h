#pragma once
// The files of data/tokens/ inside the program: read-only pages, used in place. docs/formats/tokens.md tells their form.

#include <string_view>

namespace tollgate::shipped {

std::string_view o200k_base();
std::string_view cl100k_base();
std::string_view p50k_base();

}  // namespace tollgate::shipped
