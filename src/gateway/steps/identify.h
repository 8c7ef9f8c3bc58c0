#pragma once
// Who calls, and what of the request's head concerns us.

#include "gateway/worker.h"

namespace tollgate {

// Finds the key and opens the exchange's row. Errors: invalid_key and ambiguous_key (nobody we know: no row), not_allowed (the
// address), invalid_request (a header of ours).
Result<void> identify(Exchange& exchange, Worker& worker);

// The same for questions that leave no row: the key, or the error that the caller gets. Strangers are audited.
Result<const VirtualKey*> find_caller(const Incoming& incoming, const Snapshot& snapshot, Worker& worker);

}  // namespace tollgate
