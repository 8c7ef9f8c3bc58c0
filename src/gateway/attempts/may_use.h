#pragma once
// What a call may use besides text in and out, as far as its body tells: a bound for what is reserved.

#include "gateway/exchange.h"

namespace tollgate {

// The tier that the body asks for; untold where it names none.
ServiceTier asked_tier(const Exchange& exchange);

// Of searches whose number nothing bounds, and of pages, a usual most; else no less than what may come.
MayUse may_use(const Exchange& exchange);

}  // namespace tollgate
