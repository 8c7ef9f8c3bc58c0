#pragma once
// What one call asks, as views into its body: the request as the dialect reads it, and the few fields that only a
// provider looks at. The body must outlive it.

#include <cstdint>
#include <optional>
#include <string_view>

#include "dialects/openai_chat/request.h"

namespace tollgate::mock {

using openai_chat::Endpoint;

struct Question {
  Endpoint endpoint = Endpoint::chat;
  openai_chat::OpenAiRequest request;
  json::Value tool_choice{};  // null when left out, as the others
  json::Value response_format{};
  bool base64 = false;  // embeddings: `encoding_format`
  std::optional<std::int64_t> dimensions{};

  json::Value last_said{};  // the text of the last message of the caller: a string, or null when it has none
  bool after_tool = false;  // the last message is what a tool said

  std::string_view model() const { return request.model(); }
};

// The endpoint of a path; empty when there is none.
std::optional<Endpoint> endpoint_of(std::string_view path);

// Error: invalid_request, as a provider would say it.
Result<Question> read_question(Endpoint endpoint, std::string_view body);

// Appends a string value decoded, at most `bytes_max` bytes of it, ending with a whole character.
void append_text(std::string& out, const json::Value& string, std::size_t bytes_max);

}  // namespace tollgate::mock
