#pragma once
// What every counter of the limits in force has given away: `GET /api/v1/limits/state`.

#include <string>

#include "gateway/snapshot.h"

namespace tollgate {

// {"counters": [ {"limit", "each": {…}, "measure", "used", "reserved", "left", "resets_at"} ], "truncated": bool}; money in decimal USD.
// Counters of which nothing is used or reserved are left out. `team`: only those of its calls alone; empty: all.
std::string limits_json(const Snapshot& snapshot, WallTime now, std::string_view team);

}  // namespace tollgate
