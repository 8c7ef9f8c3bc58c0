#pragma once
// Where a model call comes in: which language is spoken at a path, what is asked for there, and what the path itself says. The
// gateway's model port and the scripted provider both find their way by it.

#include "dialects/dialect.h"

namespace tollgate {

struct Door {
  const Dialect* dialect = nullptr;
  Operation operation = Operation::chat;
  std::string_view endpoint{};     // the path's pattern, as rows name it: /v1/chat/completions
  std::string_view path_model{};   // where the path names the model; a view into it
  std::string_view provider{};     // of /passthrough/{provider}/…; a view into the path
  bool at_objects = false;         // of /passthrough/{provider}/…: files, batches or responses, which OpenAI keeps under an id
  bool path_stream = false;        // where the path says that it is a stream
  // A stream in another framing than the dialect's own (Gemini without alt=sse); null: the dialect's.
  std::unique_ptr<EventWriter> (*own_writer)(const AnswerFacts& facts) = nullptr;
  Framing framing = Framing::sse;  // of a streamed answer

  // OpenAI's chat family, whose bodies are read.
  bool speaks_openai() const { return dialect->name() == "openai_chat" && operation != Operation::passthrough; }
  bool takes(std::string_view method) const {
    bool other = method == "GET" || method == "PUT" || method == "PATCH" || method == "DELETE";
    return method == "POST" || (other && !provider.empty());
  }
};

constexpr std::string_view passthrough_endpoint = "/passthrough/{provider}/*";

// What there is, for descriptions.
struct DoorPath {
  std::string_view endpoint;
  std::string_view dialect;
  Operation operation;
};
std::vector<DoorPath> door_paths();

// `path` is decoded. Empty when no dialect has such a path.
std::optional<Door> find_door(std::string_view path, std::string_view query);

}  // namespace tollgate
