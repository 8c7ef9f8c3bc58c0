#pragma once
// The `response` object around the output: what whole answers are and what streams begin and end with.

#include <optional>
#include <span>
#include <string>

#include "dialects/dialect.h"
#include "json/write.h"

namespace tollgate::openai_responses {

struct AnswerFrame {
  std::string id;
  std::string model;
  std::int64_t created = 0;
  std::string_view status = "in_progress";   // completed incomplete failed
  std::string_view incomplete_reason{};       // max_output_tokens content_filter
  const Error* error = nullptr;
  std::optional<Usage> usage{};
  const ChatRequest* request = nullptr;       // whose settings are repeated; null: none
  std::string previous_id{};                  // of the stored answer that it continues; empty: as the request says
  bool stored = false;
};

// `items` is the output's items as JSON.
void write_answer_frame(json::Writer& out, const AnswerFrame& frame, std::span<const std::string> items);

// What a finish is in this dialect's words.
void set_ending(AnswerFrame& frame, FinishReason finish);

std::string answer_id(const AnswerFacts& facts);
// Ids of items: msg_…, rs_…, fc_….
std::string item_id(std::string_view kind, const AnswerFacts& facts, std::size_t number);

}  // namespace tollgate::openai_responses
