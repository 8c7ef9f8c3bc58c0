#pragma once
// Google's dialect: Gemini as AI Studio and Vertex speak it (generateContent and its kin).
//
// In front: POST …/models/{model}:generateContent, :streamGenerateContent (server-sent events with alt=sse, else one JSON array),
// :countTokens, :embedContent, :batchEmbedContents. Behind: the same. The door tells model and streaming from the path.
//
// Where things that Gemini has no word for go, so that its official clients bring them back:
//   signed reasoning of other families   thoughtSignature of a thought part, in an envelope (envelope.h)
//   refusals                             text, with finishReason SAFETY
//   a wait                               RetryInfo in the error's details

#include <memory>

#include "dialects/dialect.h"

namespace tollgate::gemini {

const Dialect& dialect();

// Writes a stream as one JSON array, for callers that did not ask for alt=sse.
std::unique_ptr<EventWriter> json_array_event_writer(const AnswerFacts& facts);

}  // namespace tollgate::gemini
