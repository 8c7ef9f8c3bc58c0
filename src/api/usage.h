#pragma once
// GET /v1/usage: what the caller's own key has used, and the limits that its calls meet; with ?request=ID that request's row.

#include "api/model_port.h"

namespace tollgate {

Task<void> serve_usage(http::ServerExchange& exchange, std::string_view query, const ModelPort::Doors& doors, RequestId id);

}  // namespace tollgate
