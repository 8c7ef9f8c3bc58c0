#pragma once
// GET /livez and /readyz: {"status":"ok"} or 503 with the reason.

#include "base/ids.h"
#include "base/result.h"
#include "net/http_exchange.h"

namespace tollgate {

Task<void> serve_health(http::ServerExchange& exchange, Result<void> state);

// Answers with a JSON text; with a request's id where it has one.
Task<void> reply_json(http::ServerExchange& exchange, int status, std::string_view json, RequestId id = {});

}  // namespace tollgate
