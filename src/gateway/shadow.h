#pragma once
// A share of a route's calls made once more at a candidate (setting `shadow`), to learn what it would cost and how it fares before anybody
// depends on it. Nobody gets its answers or waits for them or pays; the ledger has a row of each beside the call's own attempts.

#include "gateway/worker.h"

namespace tollgate {

// Numbers of shadows' rows, behind those that attempts can have.
constexpr int shadow_row = Ledger::attempts_max + 1;

// Perhaps makes the call once more, in the background. The call is understood and admitted.
void cast_shadow(const Exchange& exchange, Worker& worker);

}  // namespace tollgate
