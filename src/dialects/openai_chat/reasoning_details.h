#pragma once
// `reasoning_details`, as OpenRouter writes them: a list of thoughts with what their maker signed.
//
//   {"type": "reasoning.text", "text", "signature", "format"}     in the open, maybe signed
//   {"type": "reasoning.summary", "summary", "format"}
//   {"type": "reasoning.encrypted", "data", "id", "format"}        closed
//
// `format` names the family. Source: openrouter.ai, "Reasoning tokens", read 2026-11-27; recorded traffic.

#include <string>
#include <vector>

#include "domain/part.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate::openai_chat {

// Empty when it holds nothing that is known.
std::vector<Reasoning> read_reasoning_details(const json::Value& details);
void write_reasoning_detail(json::Writer& out, const Reasoning& thought);

}  // namespace tollgate::openai_chat
