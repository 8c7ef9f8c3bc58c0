#include "storage/sqlite/rollup_check.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/time.h"
#include "storage/sqlite/rollups.h"

namespace tollgate {
namespace {

using SumsByHour = std::map<std::int64_t, SumNumbers>;

// Of a question for a time, then the numbers. `unit`: how many of its time make an hour.
Result<SumsByHour> read_sums(Database& view, const std::string& sql, std::int64_t unit) {
  TG_TRY(rows, view.prepare(sql));
  SumsByHour sums;
  for (;;) {
    TG_TRY(row, rows.step());
    if (!row) return sums;
    SumNumbers numbers;
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = rows.integer(static_cast<int>(i + 1));
    add(sums[begin_hour(RollupStep::hour, rows.integer(0) * (ns_per_hour / unit))], numbers);
  }
}

SumsByHour coarser(const SumsByHour& hours, RollupStep step) {
  SumsByHour sums;
  for (const auto& [hour, numbers] : hours) add(sums[begin_hour(step, hour * ns_per_hour)], numbers);
  return sums;
}

// The first hour in which two differ.
std::optional<std::int64_t> difference(const SumsByHour& a, const SumsByHour& b) {
  auto [left, right] = std::ranges::mismatch(a, b);
  if (left == a.end() && right == b.end()) return std::nullopt;
  if (left == a.end()) return right->first;
  return right == b.end() ? left->first : std::min(left->first, right->first);
}

}  // namespace

Result<std::optional<std::string>> wrong_rollup(Database& view) {
  TG_TRY(mark, rollups_mark(view));
  if (!mark) return std::optional<std::string>();
  std::string sums = fmt::format("{}", fmt::join(summed_columns, ", "));
  TG_TRY(hours, read_sums(view, fmt::format("SELECT at_ns, {}, {} FROM requests WHERE (id_high, id_low) <= ({}, {})", counts_sql(), sums, mark->high, mark->low), ns_per_hour));
  for (const auto& table : rollup_tables) {
    std::string sql = fmt::format("SELECT hour, {}, {} FROM {}", fmt::join(rollup_counts, ", "), sums, table.name);
    TG_TRY(lines, read_sums(view, sql, 1));
    auto where = difference(coarser(hours, table.step), lines);
    if (!where) continue;
    return std::optional(fmt::format("the view's roll-up {} does not sum the rows from {} on", table.name,
                                     rfc3339(WallTime{*where * ns_per_hour})));
  }
  return std::optional<std::string>();
}

}  // namespace tollgate
