#pragma once
// The most that a call may take of its limits at one target.

#include "gateway/exchange.h"

namespace tollgate {

// Whom a limit's rules meet in a call at this target.
Subject subject_of(const Exchange& exchange, const Target& target);
// The most that may come back, all answers together; empty when nobody says.
std::optional<Tokens> output_bound(const Exchange& exchange, const Target& target);
// What is set aside of output tokens: the bound that the caller gave, else more than nearly all answers of this target have. A stream
// then takes more as it grows, or is cut (extend(), admit.h); a whole answer may take more than was set aside: the limit is then over by that one
// call.
std::int64_t tokens_set_aside(const Exchange& exchange, const Target& target);
// What is set aside for a try at this target, with `at_least` so many tokens of output; of money only where that is asked for.
// Errors: pricing_unavailable, invalid_request.
Result<Spent> worst_spent(Exchange& exchange, const Target& target, bool money, std::int64_t at_least = 0);

// Whether its answer can be ended amid its text, because it is a stream whose length nobody bounds.
bool may_be_cut(const Exchange& exchange);

}  // namespace tollgate
