#pragma once
// Checks the messages of a chat request and bounds the tokens that they can be. Used by request.cpp only.
//
// Bounded by raw bytes: escapes only make a text longer, and the JSON around a message is longer than what its role
// costs.

#include "base/result.h"
#include "base/tokens.h"
#include "json/value.h"

namespace tollgate::openai_chat {

// `messages` may be anything; a wrong shape is the error that names it.
Result<Tokens> read_messages(const json::Value& messages);

}  // namespace tollgate::openai_chat
