#pragma once
// What a roll-up is made of: its tables, the names that they are keyed by, the numbers that they sum. Used by who keeps
// them (rollups.h) and by who asks them (sums.h), so that both mean the same.
//
//   table             a line for each   and each combination of
//   names_by_hour     hour              all names but user and tags
//   names_by_day      day               the same
//   names_by_month    month             the same
//   persons_by_day    day               the same, user and tags
//   persons_by_month  month             the same, user and tags
//
// Hours, days and months are those of UTC; a line's `hour` is where its stretch begins, in hours since 1970. User and
// tags stand as the ids of the rows: who is erased there is erased here.

#include <array>
#include <cstdint>
#include <string_view>

#include "storage/journal/format.h"

namespace tollgate {

constexpr std::int64_t ns_per_hour = 3'600'000'000'000;

// In the order of the tables' columns. Those of persons come first: the tables of names leave them out.
inline constexpr std::string_view rollup_names[] = {"user",     "tags",    "key",      "team",  "feature",
                                                    "route",    "endpoint", "dialect", "provider", "model",
                                                    "region",   "price",   "status",   "error_code"};
constexpr std::size_t rollup_person_names = 2;

enum class RollupStep : std::uint8_t { hour, day, month };

struct RollupTable {
  std::string_view name;
  RollupStep step;
  bool persons;  // also keyed by user and tags
};
// Those of the same names stand together, finest first.
inline constexpr RollupTable rollup_tables[] = {{"names_by_hour", RollupStep::hour, false},
                                                {"names_by_day", RollupStep::day, false},
                                                {"names_by_month", RollupStep::month, false},
                                                {"persons_by_day", RollupStep::day, true},
                                                {"persons_by_month", RollupStep::month, true}};

// Where the stretch around `at` begins, and the one behind it; in hours since 1970.
std::int64_t begin_hour(RollupStep step, std::int64_t at_ns);
std::int64_t next_begin_hour(RollupStep step, std::int64_t begin);

// The numbers, in the order of the tables' columns. `row_count` counts every row, `requests` only those that are a
// request; `refused` is of these.
inline constexpr std::string_view rollup_counts[] = {"row_count", "requests", "refused"};
// Columns of the rows that are added up.
inline constexpr std::string_view summed_columns[] = {"input_tokens",          "cache_read_tokens",   "cache_write_5m_tokens",
                                                      "cache_write_1h_tokens", "audio_input_tokens",  "output_tokens",
                                                      "reasoning_tokens",      "audio_output_tokens", "image_count",
                                                      "cost_nano_usd",         "saved_nano_usd"};
using SumNumbers = std::array<std::int64_t, std::size(rollup_counts) + std::size(summed_columns)>;

// One row's numbers, from its record and as the SQL of the counts over the table of rows. The two must agree.
SumNumbers numbers_of(const RequestRecord& record);
std::string_view counts_sql();

// Stays at the ends of the range: an absurd number must not become a small one.
void add(SumNumbers& sum, const SumNumbers& more);
SumNumbers negative(const SumNumbers& numbers);

// A row's names in the order of rollup_names.
using RollupNames = std::array<std::int64_t, std::size(rollup_names)>;
RollupNames names_of(const RequestRecord& record);

}  // namespace tollgate
