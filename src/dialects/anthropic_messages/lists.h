#pragma once
// `GET /v1/models` as Anthropic's clients read it.

#include <span>
#include <string>
#include <string_view>

namespace tollgate::anthropic_messages {

void append_model_list(std::string& out, std::span<const std::string_view> names);

}  // namespace tollgate::anthropic_messages
