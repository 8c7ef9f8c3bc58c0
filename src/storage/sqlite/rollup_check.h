#pragma once
// Proves roll-ups against the rows of the same view: each table's sums of each of its hours, days or months. Reads all
// rows once; memory is one sum for each hour that has rows.

#include <optional>
#include <string>

#include "base/result.h"
#include "storage/sqlite/database.h"

namespace tollgate {

// What is wrong, the first of it; empty when nothing is, or when the roll-ups are not complete and answer nothing.
// REQUIRES: the database is in a transaction.
Result<std::optional<std::string>> wrong_rollup(Database& view);

}  // namespace tollgate
