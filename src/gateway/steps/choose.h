#pragma once
// Which targets are asked, in which order: what the choice among a route's targets depends on, and the wait for one that has room.

#include "gateway/worker.h"

namespace tollgate {

// The exchange's plan. REQUIRES: route, call and key are known.
void make_plan(Exchange& exchange);

// Goes on once the plan has a target that may be asked; where the route has a queue, a call waits in it for room.
// Errors: overloaded, upstream_rate_limited, upstream_quota, upstream_credential; client_gone.
Task<Result<void>> await_room(Exchange& exchange, Worker& worker);

}  // namespace tollgate
