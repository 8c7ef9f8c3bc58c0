#pragma once
// What a finished batch has used, charged once: one row, whoever of the team fetches the batch and however often.

#include "gateway/worker.h"

namespace tollgate {

constexpr std::string_view batch_endpoint = "/v1/batches/{batch_id}";

// Charges `used` to the exchange's caller: counters, ledger, readers. What was used already is never refused: a limit is then over.
// REQUIRES: the exchange is open and its caller identified; `batch.charge` is the id of its row, written down where it outlives us.
// Error: unavailable.
Task<Result<void>> charge_batch(Exchange& exchange, Worker& worker, const ProviderObject& batch, const Usage& used);

}  // namespace tollgate
