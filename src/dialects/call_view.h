#pragma once
// A model call as it came, scanned once and seen through views: what the gateway must know before it routes, reserves and passes
// it on, in words that no dialect owns. Nothing of the body is copied; it must outlive the view and stay unchanged.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/tokens.h"
#include "json/value.h"

namespace tollgate {

enum class Operation : std::uint8_t { chat, completions, embeddings, rerank, count_tokens, passthrough };

// What the door knows of a call.
struct IncomingCall {
  Operation operation = Operation::chat;
  std::string_view body;
  std::string_view path_model{};  // where the path names the model (Gemini, Bedrock)
  bool path_stream = false;       // where the path says that it is a stream
};

struct CallView {
  Operation operation = Operation::chat;
  std::string_view body;
  json::Value root{};               // the object
  json::Value model_value{};        // its extent in the body, with quotes; null where the path names it
  std::string model{};              // decoded
  std::string user{};               // whom the body names; empty: nobody
  bool stream = false;
  bool include_usage = false;       // the caller asked for the usage of a stream (OpenAI chat)
  bool has_tools = false;
  std::optional<std::int64_t> max_output{};  // of each answer
  std::int64_t answers = 1;         // how many the provider may make and bill
  std::int64_t images = 0;          // asked for
  std::int64_t audio_ms = 0;        // of files in a form: how long they are likely to be, if they are audio,
  std::int64_t audio_ms_most = 0;   // and at most
  bool bare_model = false;          // model_value has no quotes: it stands in a form
  Tokens input_bound{};             // no tokenizer makes more tokens of it
  std::int64_t picture_bound = 0;   // of it, for each picture
};

// Appends a model's name as it stands in a body, with its quotes.
void append_model_name(std::string& out, std::string_view model);

}  // namespace tollgate
