#pragma once
// Rows and attempts out of their lines of JSON, as `ledger rows` and `ledger attempts` print them: the way back. Every field
// is checked; one that does not exist is refused, since a misspelt one would silently be zero. What may be left out is empty
// or zero; a row needs `id`, `at` and `status`, an attempt `request_id`, `n`, `phase` and `started_at`.

#include <string_view>

#include "base/result.h"
#include "domain/ledger_row.h"

namespace tollgate {

constexpr std::size_t max_imported_text = 1'024;  // bytes of one name
constexpr std::size_t max_imported_tags = 64;

// Error: invalid_request, which names the field. The row's origin is import, or correction where it has `corrects`.
Result<LedgerRow> read_row_line(std::string_view line);
Result<AttemptRow> read_attempt_line(std::string_view line);

}  // namespace tollgate
