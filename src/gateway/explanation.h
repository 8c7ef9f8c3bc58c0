#pragma once
// What a call would meet, without sending it: who asks, which targets in which order and why, what it may cost, which limits it meets. The
// JSON of `tollgate explain`, `POST /api/v1/explain` and x-tollgate-dry-run (docs/explain.md).

#include <string>
#include <string_view>

#include "gateway/exchange.h"

namespace tollgate {

// From where one looks. Null: nothing is remembered.
struct Standpoint {
  Instant now;
  std::uint64_t random = 1;
  const ProviderObjects* objects = nullptr;
  const Conversations* conversations = nullptr;
  bool alone = false;  // nobody else waits for this thread: a long prompt is counted at one go
};

// REQUIRES: door, snapshot, incoming, row.at and key of the exchange are set. Nothing is reserved, asked or recorded.
Task<std::string> explain(Exchange& exchange, Standpoint from);

// A question by a tool: {"key", "dialect", "body"} and, where the path says more, "endpoint" and "model".
struct Question {
  std::string key{};       // empty: a caller without a name, whom only limits for all concern
  std::string dialect{};   // empty: openai_chat
  std::string endpoint{};  // a door's path: /v1/embeddings; empty: the dialect's chat
  std::string model{};     // where the path names it; else the body's
  std::string body{};      // JSON
};
// Errors: invalid_request with the field.
Result<Question> read_question(std::string_view json);
// Error: not_found, for a key that is not there; invalid_request, for a dialect or endpoint that is none.
Result<std::string> explain(const Question& question, CurrentSnapshot::Held snapshot, Standpoint from, WallTime wall);

}  // namespace tollgate
