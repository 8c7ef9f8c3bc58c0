#pragma once
// What this program is. The numbers come from the build.

#include <string_view>

namespace tollgate {

extern const std::string_view version_text;
extern const std::string_view commit_text;
extern const std::string_view compiler_text;

}  // namespace tollgate
