#pragma once
// Sums over the ledger's rows: by any of the names, by tag, by calendar bucket (UTC). Exact at once, like queries.h.

#include "storage/sqlite/queries.h"

namespace tollgate {

enum class SumBucket : std::uint8_t { none, hour, day, week, month };  // a week begins on Monday

struct SumQuery {
  RowFilter filter;  // order, limit and `before` mean nothing here
  std::vector<std::string>
      by;  // key team user feature route endpoint dialect provider model region price status error_code tags.NAME
  SumBucket bucket = SumBucket::none;
};

struct Sum {
  std::int64_t requests = 0;  // rows of every status
  std::int64_t refused = 0;   // of these
  Usage usage;
  Money cost;
  Money saved;
};

struct SumRow {
  std::vector<std::string> by;  // in the order of the question
  std::string bucket;           // 2026-11-22T19:00:00.000Z: its begin; empty without buckets
  Sum sum;
};

struct Sums {
  std::vector<SumRow> rows;  // sorted by bucket, then names
  Sum total;
};

// Fault::invalid_request for a `by` that does not exist; `param` names it. At most max_sum_rows rows.
constexpr std::size_t max_sum_rows = 1'000'000;
constexpr std::size_t max_sum_dimensions = 8;
Result<Sums> sum_rows(LedgerQueries& queries, const SumQuery& query);

}  // namespace tollgate
