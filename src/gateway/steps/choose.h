#pragma once
// Which targets are asked, in which order: what the choice among a route's targets depends on, and the wait for one that has room.

#include "gateway/worker.h"

namespace tollgate {

// Makes the exchange's plan, of targets that may be asked now; where the route has a queue, a call waits in it for room.
// Errors: overloaded, upstream_rate_limited, upstream_quota, upstream_credential (nobody may be asked now); invalid_request (no target has
// this endpoint, or the stored response that is continued); client_gone.
// REQUIRES: route, call and key are known.
Task<Result<void>> choose(Exchange& exchange, Worker& worker);
// Once more for the same call, because the room that the plan saw was taken meanwhile.
Task<Result<void>> choose_again(Exchange& exchange, Worker& worker);

// The plan as it is now, without waiting for room. Errors: invalid_request, as above.
struct PlanNeeds {
  Instant now;
  std::uint64_t random = 1;
  const ProviderObjects* objects = nullptr;  // null: nothing is remembered
};
Result<void> plan_call(Exchange& exchange, const PlanNeeds& needs);

// What a call is expected to cost at a target; nothing where that has no price.
Money expected_cost(const Exchange& exchange, const Target& target);

}  // namespace tollgate
