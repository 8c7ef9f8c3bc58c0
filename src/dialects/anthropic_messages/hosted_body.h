#pragma once
// A call of the Messages API as clouds take it that host Anthropic's models: without `model`, with `anthropic_version`.

#include <string>
#include <string_view>

namespace tollgate::anthropic_messages {

// REQUIRES: an object that was scanned.
std::string hosted_body(std::string_view body, std::string_view version);

}  // namespace tollgate::anthropic_messages
