#pragma once
// What the gateway knows of its targets at this moment: `GET /api/v1/targets` and the gauges of their breakers.

#include <string>
#include <vector>

#include "gateway/snapshot.h"
#include "telemetry/gateway_gauges.h"

namespace tollgate {

// {"targets": [ {"provider", "model", "breaker", "in_flight", "latency_ms", "first_token_ms", "keys": [ … ]} ]}; each target once.
std::string targets_json(const Snapshot& snapshot, Instant now, WallTime wall);

// The views are into the snapshot.
std::vector<BreakerFigure> breaker_figures(const Snapshot& snapshot, Instant now);

}  // namespace tollgate
