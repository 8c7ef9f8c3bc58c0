#pragma once
// Answers of chat and generate, whole, and what every line of a stream shares with them.

#include "dialects/dialect.h"
#include "json/write.h"

namespace tollgate::ollama {

Result<ChatResponse> read_chat_response(std::string_view body);
void write_chat_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out);

// The error that an object carries in place of an answer; empty: none.
std::optional<Error> error_in(const json::Value& root);

// The text of a chat's message or of a generated answer, with its thought and calls.
void read_said(const json::Value& root, std::vector<Part>& out);

std::optional<Usage> read_usage(const json::Value& root);
FinishReason read_finish(std::string_view done_reason, bool called);

// "model", "created_at"
void write_head(json::Writer& out, std::string_view model, std::int64_t now);
// "done_reason", "done", counters
void write_done(json::Writer& out, FinishReason finish, const std::optional<Usage>& usage);

}  // namespace tollgate::ollama
