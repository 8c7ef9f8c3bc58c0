#pragma once
// A row of the ledger as one object of JSON: the fields of telemetry/row_line.h, with what names a person, and at their end
// `corrects` (the id of the row that a correction puts right, else empty) and `imported`.

#include <string>

#include "domain/ledger_row.h"

namespace tollgate {

// Without a line end.
std::string ledger_row_json(const LedgerRow& row);

}  // namespace tollgate
