#pragma once
// GET /v1/models and /v1/models/{model}: what the caller's key may ask for.

#include "gateway/worker.h"
#include "net/http_exchange.h"

namespace tollgate {

// `path` says in whose form: /v1beta/models is Gemini's, /api/tags Ollama's; at /v1/models Anthropic's where the caller sends
// anthropic-version, else OpenAI's.
Task<void> serve_models(http::ServerExchange& exchange, std::string_view path, std::string_view query, Worker& worker,
                        RequestId id);
Task<void> serve_model(http::ServerExchange& exchange, std::string_view name, std::string_view query, Worker& worker,
                       RequestId id);

}  // namespace tollgate
