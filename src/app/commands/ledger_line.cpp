#include "app/commands/ledger_line.h"

#include <fmt/format.h>

#include "telemetry/row_line.h"

namespace tollgate {

std::string ledger_row_json(const LedgerRow& row) {
  std::string json;
  append_row_json(json, row, Personal::included);
  json.pop_back();  // its bracket
  std::string corrects = row.origin == RowOrigin::correction ? to_string(row.corrects) : "";
  return json + fmt::format(R"(,"corrects":"{}","imported":{}}})", corrects, row.origin == RowOrigin::import);
}

}  // namespace tollgate
