#pragma once
// Replies in the wire form of OpenAI's chat and completions APIs: as one body, or event by event.
// Source: OpenAI API reference, "chat/object", "chat/streaming", "completions/object", read 2026-11-22;
// wire-quirks 1, 8, 20.

#include <cstdint>
#include <string>

#include "mock/stream_plan.h"

namespace tollgate::mock {

// What tells one answer from another.
struct Naming {
  std::uint64_t number = 0;  // of the call; ids are made of it
  std::int64_t created = 0;  // Unix seconds
};

void append_answer(std::string& out, const Question& question, const Rule& rule, const Reply& reply,
                   const Naming& naming);

// Appends the value of "usage": the rule's, or the true one.
void append_usage(std::string& out, Endpoint endpoint, const Rule& rule, const TokenCounts& counts);

// The events of one stream. Kept by a connection, so that its memory is used again.
class EventWriter {
 public:
  // Question and reply must outlive the stream.
  void begin(const Question& question, const Rule& rule, const Reply& reply, const Naming& naming);
  // Appends the whole event, with its blank line.
  void append(std::string& out, const Event& event) const;

 private:
  void append_chat_choice(std::string& out, const Event& event) const;
  void append_text_choice(std::string& out, const Event& event) const;
  void append_delta(std::string& out, const Event& event) const;

  const Question* question_ = nullptr;
  const Rule* rule_ = nullptr;
  const Reply* reply_ = nullptr;
  Naming naming_;
  std::string prefix_;  // up to the array of choices
  std::string_view suffix_;
};

}  // namespace tollgate::mock
