#include "storage/sqlite/rollup_columns.h"

#include "base/time.h"
#include "domain/ledger_row.h"
#include "storage/sqlite/columns.h"

namespace tollgate {
namespace {

constexpr std::int64_t hours_per_day = 24;

constexpr auto correction = static_cast<std::uint8_t>(RowOrigin::correction);  // of a cost: no request
constexpr auto refused = static_cast<std::uint8_t>(RowStatus::refused);
static_assert(refused == 1, "counts_sql() says so");
static_assert(correction == 1, "counts_sql() says so");

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

template <std::size_t count>
std::array<std::size_t, count> places_of(const std::string_view (&names)[count]) {
  std::array<std::size_t, count> places;
  for (std::size_t i = 0; i < count; ++i) places[i] = request_column(names[i]);
  return places;
}

}  // namespace

std::int64_t begin_hour(RollupStep step, std::int64_t at_ns) {
  std::int64_t hour = floor_div(at_ns, ns_per_hour);
  if (step == RollupStep::hour) return hour;
  std::int64_t day = floor_div(hour, hours_per_day);
  if (step == RollupStep::month) day -= civil_from_days(day).day - 1;
  return day * hours_per_day;
}

std::int64_t next_begin_hour(RollupStep step, std::int64_t begin) {
  if (step == RollupStep::hour) return begin + 1;
  if (step == RollupStep::day) return begin + hours_per_day;
  CivilDate date = civil_from_days(floor_div(begin, hours_per_day));
  date.year += date.month == 12;
  date.month = date.month % 12 + 1;
  return days_from_civil({date.year, date.month, 1}) * hours_per_day;
}

SumNumbers numbers_of(const RequestRecord& record) {
  static const auto places = places_of(summed_columns);
  auto values = values_of(record);
  bool counts = record.origin != correction;
  SumNumbers numbers{1, counts ? 1 : 0, counts && record.status == refused ? 1 : 0};
  for (std::size_t i = 0; i < places.size(); ++i) numbers[i + std::size(rollup_counts)] = values[places[i]];
  return numbers;
}

std::string_view counts_sql() { return "1, origin <> 1, origin <> 1 AND status = 1"; }

void add(SumNumbers& sum, const SumNumbers& more) {
  for (std::size_t i = 0; i < sum.size(); ++i)
    if (__builtin_add_overflow(sum[i], more[i], &sum[i])) sum[i] = more[i] > 0 ? INT64_MAX : INT64_MIN;
}

SumNumbers negative(const SumNumbers& numbers) {
  SumNumbers result;
  for (std::size_t i = 0; i < numbers.size(); ++i) result[i] = numbers[i] == INT64_MIN ? INT64_MAX : -numbers[i];
  return result;
}

RollupNames names_of(const RequestRecord& record) {
  static const auto places = places_of(rollup_names);
  auto values = values_of(record);
  RollupNames names;
  for (std::size_t i = 0; i < places.size(); ++i) names[i] = values[places[i]];
  return names;
}

}  // namespace tollgate
