#pragma once
// Which language an attempt is held in: the caller's own where the target speaks it too, else the target's.

#include "gateway/exchange.h"

namespace tollgate {

// What the target is spoken to in.
const Dialect& language_at(const Exchange& exchange, const Target& target);

// Whether the caller's bytes go to it, and its bytes to the caller.
bool bytes_pass(const Exchange& exchange, const Target& target);

// What writers of requests must know of the target.
TargetWays ways_of(const Exchange& exchange, const Target& target);

// What writers of answers must know of the call. `now`: seconds since 1970.
AnswerFacts facts_of(const Exchange& exchange, const Try& one, std::int64_t now);

// The middle form of a chat call, made at the first question for it. Errors: invalid_request.
Result<const ChatRequest*> middle_form(Exchange& exchange);

}  // namespace tollgate
