#include "storage/sqlite/rollup_plan.h"

namespace tollgate {
namespace {

constexpr const RollupTable* of_persons[] = {&rollup_tables[4], &rollup_tables[3]};
constexpr const RollupTable* of_names[] = {&rollup_tables[2], &rollup_tables[1], &rollup_tables[0]};
static_assert(of_persons[0]->persons && of_persons[1]->persons && !of_names[0]->persons, "in the order of rollup_tables");

// The first whole stretch of the table that begins at `at` or later. Ends of the range of time stay beyond it.
std::int64_t first_whole(RollupStep step, std::int64_t at_ns) {
  std::int64_t begin = begin_hour(step, at_ns);
  return begin * ns_per_hour == at_ns ? begin : next_begin_hour(step, begin);
}

}  // namespace

std::span<const RollupTable* const> tables_for(NeedsPersons persons) {
  using Tables = std::span<const RollupTable* const>;
  return persons == NeedsPersons::yes ? Tables(of_persons) : Tables(of_names);
}

void append_pieces(std::span<const RollupTable* const> tables, WallTime begin, WallTime end,
                   std::vector<RollupPiece>& pieces) {
  if (begin >= end) return;
  if (tables.empty()) return pieces.push_back({nullptr, begin.ns, end.ns});
  const RollupTable* table = tables.front();
  auto finer = tables.subspan(1);
  std::int64_t first = first_whole(table->step, begin.ns), last = begin_hour(table->step, end.ns);
  if (first >= last) return append_pieces(finer, begin, end, pieces);
  append_pieces(finer, begin, {first * ns_per_hour}, pieces);
  pieces.push_back({table, first, last});
  append_pieces(finer, {last * ns_per_hour}, end, pieces);
}

Stretch stretch_of(WallTime begin, WallTime end, WallTime oldest, WallTime newest) {
  std::int64_t first = begin_hour(RollupStep::month, oldest.ns);
  std::int64_t last = next_begin_hour(RollupStep::month, begin_hour(RollupStep::month, newest.ns));
  if (begin <= oldest) begin = {first * ns_per_hour};
  if (end > newest) end = {last * ns_per_hour};
  return {begin, end};
}

}  // namespace tollgate
