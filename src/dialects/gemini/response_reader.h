#pragma once
// A whole answer of generateContent as the middle form.
//
// A prompt that was blocked has no candidates: it becomes one choice that ended by content_filter (quirk 68). What belongs to a
// candidate beside its content (groundingMetadata, citationMetadata, urlContextMetadata, safetyRatings …) is kept as an ExtraField
// "candidates[<index>].<name>", the rest of the answer by its name; they go back to Gemini clients only.

#include <string_view>

#include "base/result.h"
#include "domain/chat_response.h"
#include "json/value.h"

namespace tollgate::gemini {

constexpr std::size_t max_answers = 128;

// Errors: upstream_protocol, or the error that an answer of status 200 holds.
Result<ChatResponse> read_chat_response(std::string_view body);

// "candidates[0].", in front of what belongs to one.
std::string candidate_prefix(std::int64_t index);

// Why there is no candidate; null when the prompt was not blocked.
json::Value block_reason(const json::Value& root);

// Pictures among the parts, which are billed by the piece.
std::int64_t count_images(const std::vector<Part>& parts);

}  // namespace tollgate::gemini
