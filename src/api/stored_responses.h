#pragma once
// OpenAI's stored responses: GET, DELETE /v1/responses/{id}, …/cancel, …/input_items. Those that we keep are answered here; others are asked
// of the provider that issued the id, with the key that did. A look-up: it costs nothing and leaves no row.

#include "gateway/worker.h"
#include "net/http_exchange.h"

namespace tollgate {

// `rest` is what stands behind /v1/responses/.
Task<void> serve_stored_response(http::ServerExchange& exchange, std::string_view rest, std::string_view query, Worker& worker, RequestId id);

}  // namespace tollgate
