#pragma once
// What limits and totals remember of earlier calls, brought back at a start from what the journal knows of them.

#include "limits/policy.h"
#include "storage/journal/journal.h"
#include "telemetry/key_totals.h"

namespace tollgate {

// REQUIRES: the journal does not run yet.
void restore_past_calls(const Journal& journal, const Policy& limits, KeyTotals& totals, WallTime now);

}  // namespace tollgate
