#pragma once
// A whole answer of Converse, both ways.

#include "dialects/dialect.h"

namespace tollgate::bedrock_converse {

Result<ChatResponse> read_chat_response(std::string_view body);
void write_chat_response(const ChatResponse& response, std::string& out);

}  // namespace tollgate::bedrock_converse
