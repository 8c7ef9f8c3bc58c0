#pragma once
// Sums of the ledger in the shape of `GET usage`, as a table for people, and as CSV.
//
//   {"rows": [ {"team":…, "bucket":…, "requests":…, "refused":…, …, "cost_nano_usd":…} ], "total": {…} }
//
// The buckets are those of the rows and do not overlap; `cached_tokens` is what was read from the provider's cache.
// `bucket` is there when it was asked for; `markup_nano_usd` and `charged_nano_usd` when charges were (charges.h).

#include <string>

#include "storage/sqlite/sums.h"

namespace tollgate {

std::string sums_json(const SumQuery& query, const Sums& sums);
std::string sums_csv(const SumQuery& query, const Sums& sums);  // without the total

// Money in US dollars; columns in which all is zero are left out; the total is the last line.
std::string sums_table(const SumQuery& query, const Sums& sums);

}  // namespace tollgate
