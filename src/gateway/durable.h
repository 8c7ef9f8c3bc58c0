#pragma once
// When an answer may go out: when what is told of it in the ledger and in the audit log can no longer be lost.

#include "gateway/worker.h"

namespace tollgate {

// Waits for all that this worker told both so far, within `durable_within`. Both are on their way to the disk at the same time.
// Error: unavailable.
Task<Result<void>> durable(Worker& worker);

}  // namespace tollgate
