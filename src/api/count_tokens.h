#pragma once
// How many input tokens a call would have: POST /v1/messages/count_tokens, …:countTokens, /v1/responses/input_tokens. Costs nothing and
// leaves no row.

#include "gateway/worker.h"
#include "net/http_exchange.h"

namespace tollgate {

Task<void> serve_token_count(http::ServerExchange& exchange, std::string_view query, Worker& worker, Door door, RequestId id);

}  // namespace tollgate
