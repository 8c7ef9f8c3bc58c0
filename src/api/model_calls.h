#pragma once
// A call to a model, in any dialect: from HTTP into the pipeline and back.

#include "gateway/pipeline.h"
#include "net/http_exchange.h"

namespace tollgate {

Task<void> serve_model_call(http::ServerExchange& exchange, std::string_view query, Worker& worker, Door door);

}  // namespace tollgate
