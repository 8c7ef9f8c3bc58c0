#pragma once
// Which lines of which tables answer for a stretch of time: whole months, days and hours out of the roll-ups that have
// them, and the ragged ends out of the rows. The pieces touch each other and cover the stretch exactly.
//
// Pure.

#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "storage/sqlite/rollup_columns.h"

namespace tollgate {

struct RollupPiece {
  const RollupTable* table = nullptr;  // nullptr: the rows themselves
  // Hours since 1970 in a table, nanoseconds in the rows; `end` is not in it.
  std::int64_t begin = 0, end = 0;
  friend bool operator==(const RollupPiece&, const RollupPiece&) = default;
};

// The tables that know the names a question needs, coarsest first.
enum class NeedsPersons : std::uint8_t { no, yes };
std::span<const RollupTable* const> tables_for(NeedsPersons persons);

// Appends the pieces of [begin, end), in order.
void append_pieces(std::span<const RollupTable* const> tables, WallTime begin, WallTime end,
                   std::vector<RollupPiece>& pieces);

// [begin, end) widened to whole months where it reaches beyond the rows there are (`oldest` to `newest`), so that an open end is no ragged one.
struct Stretch {
  WallTime begin, end;
};
Stretch stretch_of(WallTime begin, WallTime end, WallTime oldest, WallTime newest);

}  // namespace tollgate
