#pragma once
// Taking a place at a target.

#include "gateway/worker.h"

namespace tollgate {

// For as long as the try has its flight. False where the target's breaker or its bound says no meanwhile.
bool enter(Exchange& exchange, Worker& worker, Try& one);

}  // namespace tollgate
