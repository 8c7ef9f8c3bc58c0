#pragma once
// The settings `server:` as the HTTP server wants them.

#include "net/config.h"
#include "net/http_server.h"

namespace tollgate {

http::ServerLimits server_limits(const ServerConfig& server);

}  // namespace tollgate
