#pragma once
// May this call be made? Sets aside the most that it can cost, before anything is sent.

#include "gateway/steps/set_aside.h"
#include "gateway/worker.h"

namespace tollgate {

// Reserves for the first target of the plan; where a limit says so, waits for room or takes another route. Errors: budget_exceeded, pricing_unavailable, invalid_request (no bound on the
// answer under a money limit), overloaded.
Task<Result<void>> admit(Exchange& exchange, Worker& worker);

// Reserves more where `target` is dearer, and writes the intent. Errors as above, and unavailable.
Result<void> admit_attempt(Exchange& exchange, Worker& worker, const Try& one);

// Tells the ledger of a try that is about to be made. Error: unavailable.
Result<void> write_intent(Exchange& exchange, Worker& worker, const Target& target, const ProviderKey* key);

// The counters of what is owed already: they take it also when they are full.
Reservation reserve_what_is_owed(const Exchange& exchange, const Target& target);

// Sets aside more for a stream that grows: `came` is the most tokens that it may have so far. False: the limits have no more, and it has
// taken all that it may.
bool extend(Exchange& exchange, const Try& one, std::int64_t came);

}  // namespace tollgate
