#pragma once
// A whole answer of Cohere's chat, both ways.

#include "dialects/dialect.h"

namespace tollgate::cohere {

Result<ChatResponse> read_chat_response(std::string_view body);
void write_chat_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out);

// An answer's object, or the error that the body holds in its place.
Result<json::Value> scan_answer(std::string_view body);

}  // namespace tollgate::cohere
