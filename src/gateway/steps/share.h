#pragma once
// One answer for several calls: those with the same Idempotency-Key, and equal ones under way on a route with `single_flight`
// (gateway/shared_answers.h). Names belong to a tenant.

#include "gateway/answer.h"

namespace tollgate {

// The answer that the call shares, once its leader has it; null where it is asked for itself. Errors: invalid_request (409,
// idempotency_key_conflict); client_gone; deadline.
Task<Result<std::shared_ptr<const SharedAnswer>>> share(Exchange& exchange, Worker& worker);

// Makes the exchange's answer of a shared one: its row costs nothing, and says what it saved.
Answer retell(Exchange& exchange, std::shared_ptr<const SharedAnswer> shared);

// Gives a whole answer to those who wait for it.
void give_to_others(Exchange& exchange, const Answer& answer, Instant now);
// The same of a stream that ended well; what was handed to the client is in the exchange.
void give_stream_to_others(Exchange& exchange, Instant now);
// Takes down what a stream hands to the client.
void note_for_others(Exchange& exchange, std::string_view bytes);

}  // namespace tollgate
