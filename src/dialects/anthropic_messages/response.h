#pragma once
// A whole answer of the Messages API, both ways. Only one answer comes of a call: of several choices the first is told.

#include "dialects/dialect.h"

namespace tollgate::anthropic_messages {

// Errors: upstream_protocol, or the error that an answer of status 200 holds.
Result<ChatResponse> read_chat_response(std::string_view body);
void write_chat_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out);

}  // namespace tollgate::anthropic_messages
