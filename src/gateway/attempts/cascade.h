#pragma once
// A cheap answer first, a capable one where the cheap one will not do (setting `cascade`). Both stand in the ledger and both are paid:
// both were made. The cheap one is what the client gets when no better one can be had.

#include "gateway/answer.h"
#include "routing/plan.h"

namespace tollgate {

// Whether the try at hand is a cheap one whose answer is judged before the client sees any of it.
bool is_judged(const Exchange& exchange, const Try& one);

// The answer at hand, or the better one.
Task<Answer> better_of(Exchange& exchange, Worker& worker, AttemptCursor& cursor, Answer cheap);

}  // namespace tollgate
