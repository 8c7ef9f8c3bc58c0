#pragma once
// A conversation that we keep for a caller, because its target keeps nothing (gateway/conversations.h).

#include "gateway/worker.h"

namespace tollgate {

// Where `previous_response_id` is one of ours, the call becomes one that tells the whole conversation itself. Errors: invalid_request,
// when it has grown too long.
Result<void> recall_conversation(Exchange& exchange, const Conversations* conversations);

// At the beginning of a try: notes whether its answer is to be kept here, because the caller speaks Responses and wants it stored,
// and the target does not do that.
void prepare_to_keep(Exchange& exchange, const Worker& worker, Try& one);

// Keeps what was asked and answered. `answer` is the response as the caller gets it.
void keep_conversation(const Exchange& exchange, const Worker& worker, const Try& one, std::string_view answer);
// The same of a stream, from its last event.
void keep_streamed_conversation(const Exchange& exchange, const Worker& worker, const Try& one, std::string_view events);

// Whether the call is one of OpenAI's Responses.
bool speaks_responses(const Exchange& exchange);

}  // namespace tollgate
