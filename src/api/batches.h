#pragma once
// OpenAI's batches: GET /v1/batches, GET /v1/batches/{id}, POST …/cancel. A batch belongs to the team whose file it reads. Who fetches one
// that is over is charged what it used, once, before they see it. (POST /v1/batches is a model call: steps/understand_batch.h.)

#include <functional>

#include "dialects/door.h"
#include "gateway/worker.h"
#include "net/http_exchange.h"

namespace tollgate {

// What charging needs beyond the worker.
struct BatchDoors {
  std::function<Result<void>()> write_objects;   // makes what is known of objects durable
  std::function<bool(RequestId)> has_row;        // the ledger holds a whole row of this id
};

// `rest` is what stands behind /v1/batches, with its slash.
Task<void> serve_batches(http::ServerExchange& exchange, std::string_view rest, std::string_view query, Worker& worker, const BatchDoors& doors,
                         RequestId id);

// Where a batch is begun.
Door batch_door();

}  // namespace tollgate
