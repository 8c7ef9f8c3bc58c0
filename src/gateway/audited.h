#pragma once
// What the audit log is told of a request: one event when it is settled, and one of those whom we do not know, within bounds.

#include "gateway/worker.h"

namespace tollgate {

// Whether a call may go on, as far as the audit log is concerned: nobody is served whose event could not be kept.
// Error: unavailable.
Result<void> check_audit(const Worker& worker);

// The event of a request whose row is complete. Error: unavailable.
Result<void> audit(const Exchange& exchange, Worker& worker, std::span<const AttemptRow> attempts);

// Somebody we do not know, and why they were sent away.
void audit_stranger(const Incoming& incoming, std::string_view door, const Error& error, Worker& worker);

}  // namespace tollgate
