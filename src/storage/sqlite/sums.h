#pragma once
// Sums over the ledger's rows: by any of the names, by tag, by calendar bucket of any time zone. Exact at once, like
// queries.h: whole months, days and hours come out of the roll-ups (rollup_columns.h), the ragged ends and the journal's
// tail out of the rows.

#include <memory>

#include "limits/zone.h"
#include "storage/sqlite/queries.h"

namespace tollgate {

enum class SumBucket : std::uint8_t { none, hour, day, week, month };  // a week begins on Monday

struct SumQuery {
  RowFilter filter;  // order, limit and `before` mean nothing here
  std::vector<std::string>
      by;  // key team user feature route endpoint dialect provider model region price status error_code tags.NAME
  SumBucket bucket = SumBucket::none;
  std::shared_ptr<const Zone> zone{};  // whose days, weeks and months; null: UTC
};

struct Sum {
  std::int64_t requests = 0;  // of every status
  std::int64_t refused = 0;   // of these
  Usage usage;
  Money cost;
  Money saved;
  Money charged{};  // what is asked for it, where Sums::charged says so
};

struct SumRow {
  std::vector<std::string> by;  // in the order of the question
  std::string bucket;           // its begin, 2026-11-22T19:00:00.000Z, with the zone's distance to UTC; empty without buckets
  Sum sum;
};

struct Sums {
  std::vector<SumRow> rows;  // sorted by bucket, then names
  Sum total;
  bool charged = false;
};

constexpr std::size_t max_sum_rows = 1'000'000;
constexpr std::size_t max_sum_dimensions = 16;
constexpr std::size_t max_sum_buckets = 100'000;  // between the first and the last row that is asked for

// Fault::invalid_request for a `by` that does not exist, or more rows or buckets than that; `param` names the field.
Result<Sums> sum_rows(LedgerQueries& queries, const SumQuery& query);

// A moment as a clock `offset` seconds east of UTC shows it: 2026-11-22T20:00:00.000+01:00
std::string rfc3339(WallTime at, std::int64_t offset);

}  // namespace tollgate
