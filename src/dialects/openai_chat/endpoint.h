#pragma once
// The three endpoints of the OpenAI wire family that this dialect reads.

#include <cstdint>
#include <string_view>

namespace tollgate::openai_chat {

enum class Endpoint : std::uint8_t { chat, completions, embeddings };

constexpr std::string_view path_of(Endpoint endpoint) {
  constexpr std::string_view paths[] = {"/v1/chat/completions", "/v1/completions", "/v1/embeddings"};
  return paths[static_cast<std::size_t>(endpoint)];
}

}  // namespace tollgate::openai_chat
