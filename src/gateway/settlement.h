#pragma once
// Where a request ends: the one place that charges, returns what was reserved, and makes the record.

#include "gateway/worker.h"

namespace tollgate {

// How it ended for the client.
struct Ending {
  RowStatus status = RowStatus::ok;
  int http_status = 200;
  std::string_view error_code{};
};

// The Ending of a request that failed before any content went out.
Ending failed(const Error& error, bool dispatched);

// Fills in the row, settles the reservation, appends attempts and row to the ledger and their event to the audit log, and shows them to the readers. Does
// nothing the second time. A request of nobody we know leaves no row.
// Error `unavailable`: the row of a refused request could not be kept, or the event of the audit log: no answer may go out.
Result<void> settle(Exchange& exchange, Worker& worker, const Ending& ending);

// Appends the rows of attempts that have ended and are not in the ledger yet, so that a crash finds them.
// REQUIRES: the intent is written.
void write_attempts(Exchange& exchange, Worker& worker);

// What the caller is charged: what the attempts cost whose answers were used (one, but for cascades and continued streams), or, when none did, an answer that was lost after the
// request was fully sent, once, unless `billing.lost` says otherwise. Attempts that failed otherwise cost the caller nothing.
Money charge(std::span<const AttemptRow> attempts, LostAnswer lost);

}  // namespace tollgate
