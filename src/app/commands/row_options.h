#pragma once
// Which rows a `ledger` command is about, from the words of its options. Pure; errors are invalid_request and name the
// option.

#include <string_view>

#include "app/command_line.h"
#include "base/result.h"
#include "storage/sqlite/sums.h"

namespace tollgate {

// --from T --to T (RFC 3339 or a date, midnight in the zone; `to` is not in it) --key --team --user --limit N --newest.
// A zone of nullptr is UTC.
Result<RowFilter> row_filter_of(const CommandLine& line, const Zone* zone = nullptr);

// The filter, and --by team,tags.env --bucket day --timezone Europe/Berlin --month 2026-10. Names are checked where
// they are summed.
Result<SumQuery> sum_query_of(const CommandLine& line);

}  // namespace tollgate
