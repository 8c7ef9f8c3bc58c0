#pragma once
// POST /v1/chat/completions, /v1/completions, /v1/embeddings: from HTTP into the pipeline and back.

#include "gateway/pipeline.h"
#include "net/http_exchange.h"

namespace tollgate {

Task<void> serve_model_call(http::ServerExchange& exchange, std::string_view query, Worker& worker,
                            openai_chat::Endpoint endpoint);

}  // namespace tollgate
