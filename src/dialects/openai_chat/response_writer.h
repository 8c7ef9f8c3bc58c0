#pragma once
// An answer in OpenAI's words, as its SDKs parse it: a chat.completion, or a text_completion where one was asked for.

#include "dialects/dialect.h"

namespace tollgate::openai_chat {

void write_chat_response(const ChatResponse& response, const AnswerFacts& facts, std::string& out);

}  // namespace tollgate::openai_chat
