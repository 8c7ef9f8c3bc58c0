#pragma once
// Where a past call would have gone, and what that would have cost: the way through a plan.

#include "gateway/exchange.h"
#include "reporting/replay.h"

namespace tollgate {

struct Way {
  const Target* target = nullptr;  // whose answer the caller gets, or who was asked last; null: the call fails where it fell back then
  Money cost{};
};

// `usage`: what the call used, where nobody tried several targets.
// REQUIRES: the exchange has a plan with somebody to ask.
Way way_of(const PastCall& call, const Usage& usage, const Exchange& exchange);

}  // namespace tollgate
