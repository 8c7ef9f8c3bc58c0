#pragma once
// What the admin port tells of the ledger: GET /api/v1/usage, /api/v1/requests and /api/v1/requests/{id}. The questions are those of
// `tollgate ledger report` and `rows`; the answers are exact at once.

#include <string>
#include <string_view>

#include "pricing/showback.h"
#include "storage/sqlite/queries.h"

namespace tollgate {

struct LedgerAnswer {
  std::string_view content_type = "application/json";
  std::string body;
};

// `query` as in ?by=team,feature&from=T&to=T&month=2026-10&timezone=&bucket=day&key=&team=&user=&format=json|csv, and what is charged:
// &markup=15%25&discount=5%25, or &charged=1 by `configured`. Error: invalid_request with `param`.
Result<LedgerAnswer> usage_answer(LedgerQueries& queries, std::string_view query, const ShowbackConfig& configured);

// ?from=&to=&key=&team=&user=&limit=&before=ID: {"requests": [ROW…], "next": ID or null}, newest first, at most 1,000.
Result<LedgerAnswer> requests_answer(LedgerQueries& queries, std::string_view query);

// A row with its attempts. `team`: only where the row is this team's; empty: any. Error: not_found.
Result<LedgerAnswer> request_answer(LedgerQueries& queries, std::string_view id, std::string_view team);

}  // namespace tollgate
