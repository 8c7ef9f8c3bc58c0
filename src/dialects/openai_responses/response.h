#pragma once
// A whole answer of Responses, both ways.

#include "dialects/dialect.h"

namespace tollgate::openai_responses {

Result<ChatResponse> read_chat_response(std::string_view body);
void write_chat_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out);

// How an answer ended: `answer` is the response object, `called` whether it asks for a tool.
FinishReason finish_of(const json::Value& answer, bool called);
// The error of an answer whose status is failed; empty for others.
std::optional<Error> failure_of(const json::Value& answer);

}  // namespace tollgate::openai_responses
