#pragma once
// May this call be made? Sets aside the most that it can cost, before anything is sent.

#include "gateway/worker.h"

namespace tollgate {

// Reserves for the first target of the plan. Errors: budget_exceeded, pricing_unavailable, invalid_request (no bound on the
// answer under a money limit), overloaded.
Result<void> admit(Exchange& exchange, Worker& worker);

// Reserves more where `target` is dearer, and writes the intent. Errors as above, and unavailable.
Result<void> admit_attempt(Exchange& exchange, Worker& worker, const Target& target, const ProviderKey* key);

// Tells the ledger of a try that is about to be made. Error: unavailable.
Result<void> write_intent(Exchange& exchange, Worker& worker, const Target& target, const ProviderKey* key);

// The counters of what is owed already: they take it also when they are full.
Reservation reserve_what_is_owed(const Exchange& exchange, const Target& target);

}  // namespace tollgate
