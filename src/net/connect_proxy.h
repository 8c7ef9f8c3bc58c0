#pragma once
// Reaches an origin through an HTTP proxy with CONNECT (provider setting `proxy`).

#include "ports/network.h"

namespace tollgate {

// Opens the tunnel over a fresh connection to the proxy. Errors: upstream_unreachable, upstream_protocol, `deadline`,
// `cancelled`.
Task<Result<void>> open_tunnel(ByteStream& stream, const Origin& origin, Wait wait);

}  // namespace tollgate
