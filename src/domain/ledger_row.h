#pragma once
// A row as the ledger keeps it: nearly all were written by calls, some were added afterwards by a command. Nothing is ever
// edited: what turned out wrong is put right by a row of its own.
//
//   correction  the difference that a call's cost should have had. It has the call's `at`, names and status, so it falls into the
//               same period and the same sums; no attempts, no usage, a cost that may be negative. It is no request.
//   import      a call of another gateway or of a backup. Maybe its attempts did not come with it.
//
// Neither counts in limits, which go by what calls were charged when they ran.

#include "domain/record.h"

namespace tollgate {

enum class RowOrigin : std::uint8_t { call, correction, import };

struct LedgerRow : RequestRow {
  RowOrigin origin = RowOrigin::call;
  RequestId corrects{};  // of a correction: the row whose cost it puts right
};

}  // namespace tollgate
