#pragma once
// Anthropic's Messages API.
//
// Signed reasoning of other families stands in front as a thinking block whose signature is an envelope (dialects/envelope.h); the
// thought signature of a tool call as a thinking block without text in front of its tool_use. Clients send blocks back as they came.

#include "dialects/dialect.h"

namespace tollgate::anthropic_messages {

const Dialect& dialect();

}  // namespace tollgate::anthropic_messages
