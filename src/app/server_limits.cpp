#include "app/server_limits.h"

namespace tollgate {

http::ServerLimits server_limits(const ServerConfig& server) {
  return {.head = {.head_bytes_max = static_cast<std::size_t>(server.max_head.count),
                   .target_bytes_max = static_cast<std::size_t>(server.max_target.count),
                   .field_count_max = static_cast<std::size_t>(server.max_fields)},
          .head_within = server.head_timeout,
          .body_within = server.body_timeout,
          .write_stall = server.write_timeout,
          .idle_for = server.idle_timeout,
          .connections_max = static_cast<std::size_t>(server.max_connections)};
}

}  // namespace tollgate
