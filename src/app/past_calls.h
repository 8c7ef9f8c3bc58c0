#pragma once
// What limits and totals remember of earlier calls, brought back at a start from what the journal knows of them.

#include "gateway/snapshot.h"
#include "limits/policy.h"
#include "storage/journal/journal.h"
#include "storage/sqlite/queries.h"
#include "telemetry/key_totals.h"

namespace tollgate {

// REQUIRES: the journal does not run yet.
void restore_past_calls(const Journal& journal, const Policy& limits, KeyTotals& totals, WallTime now);

// What candidates have cost today, so that a restart gives no day's budget twice. Nothing is read where no route casts shadows.
Result<void> restore_past_shadows(LedgerQueries& ledger, const Snapshot& snapshot, WallTime now);

}  // namespace tollgate
