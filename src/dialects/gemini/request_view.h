#pragma once
// A call of Google's as the gateway must know it before anything else: generateContent and streamGenerateContent, countTokens,
// embedContent and batchEmbedContents. One scan, then a walk; nothing is copied but names.
//
// Both spellings of a name are read (fields.h); a field that comes in both is refused, for we could bound one and Google use the other.
// The model is the path's; a `model` in the body must be the same. Unknown fields pass and count as input.

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "dialects/call_view.h"

namespace tollgate::gemini {

constexpr std::int64_t max_candidates = 128;
constexpr std::int64_t max_output_tokens = 1'000'000'000;
constexpr std::size_t max_model_bytes = 256;
constexpr std::size_t max_tools = 1024;
constexpr std::size_t max_tool_name_bytes = 128;
constexpr std::size_t max_stop_sequences = 16;
constexpr std::size_t max_embeddings = 2048;

// Errors: invalid_request with the field's path.
Result<CallView> view_call(const IncomingCall& call);

// The object that holds contents and settings: the body, or the generateContentRequest of a countTokens call.
json::Value question_of(const CallView& view);

// The model's own name: without "models/" or a longer path in front.
std::string_view bare_model(std::string_view name);

}  // namespace tollgate::gemini
