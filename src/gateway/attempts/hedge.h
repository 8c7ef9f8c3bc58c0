#pragma once
// A second try beside one that takes long (setting `hedge`): the first content wins, the other try is given up. Both stand in the
// ledger; the caller pays for the one that answered.

#include "gateway/answer.h"
#include "routing/plan.h"

namespace tollgate {

// Whether calls of this kind may be asked twice, and when a second try would begin; nothing: there is none.
std::optional<Duration> hedge_after(const Exchange& exchange);

// Makes the first try, and after `after` a second one at the plan's next target. The result is that of `exchange.shown`; after a failure
// of both the cursor stands at the second's target.
// REQUIRES: the first try is admitted.
Task<Result<Answer>> make_hedged_try(Exchange& exchange, Worker& worker, AttemptCursor& cursor, Duration after);

}  // namespace tollgate
