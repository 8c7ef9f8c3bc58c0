#pragma once
// OpenAiRequest: a request body of the OpenAI wire family, scanned once and seen through views. Nothing of the body is
// copied; it must outlive the request and stay unchanged. Whatever feeds a reserve, a route, a cache key or a redaction
// is checked before anything else happens (request_checks.h); what neither costs nor routes is left to the provider and
// passes unchanged.
//
// Errors are Fault::invalid_request with `param` the field as the caller wrote it ("messages[3].content") and OpenAI's
// word as `code`; no text of the body is echoed.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/tokens.h"
#include "dialects/openai_chat/endpoint.h"
#include "json/value.h"

namespace tollgate::openai_chat {

struct OpenAiRequest {
  Endpoint endpoint = Endpoint::chat;
  std::string_view body;
  json::Value root{};               // the object
  json::Value model_value{};        // its extent, with quotes
  json::Value messages{};           // chat; null elsewhere
  json::Value prompt{};             // completions; null when left out
  json::Value input{};              // embeddings
  json::Value tools{};              // null when left out; `functions` is noted in has_tools only
  json::Value stream_options{};     // null when left out
  bool has_stream_options = false;  // the key is there, be its value null
  bool stream = false;
  bool include_usage = false;  // the client asked for the usage chunk
  bool has_tools = false;
  std::optional<std::int64_t> max_output;  // for each choice: the larger of max_completion_tokens and max_tokens
  std::int64_t n = 1;
  std::int64_t best_of = 1;
  std::int64_t prompts = 1;  // completions: answers are made for each; embeddings: vectors

  // An upper bound of the input: no tokenizer makes more tokens than a text has bytes. Media count by their own bounds
  // (media.h).
  Tokens input_bound;

  std::string_view model() const { return model_value.plain_string().value_or(decoded_model); }
  // Empty when there is none.
  std::string_view user() const { return user_value.plain_string().value_or(decoded_user); }
  // How many answers the provider may make and bill: max(n, best_of) for each prompt.
  std::int64_t answers() const { return (n > best_of ? n : best_of) * prompts; }

  json::Value user_value{};
  std::string decoded_model{};  // only of names with escapes, which no one writes
  std::string decoded_user{};
};

Result<OpenAiRequest> read_request(Endpoint endpoint, std::string_view body);

}  // namespace tollgate::openai_chat
