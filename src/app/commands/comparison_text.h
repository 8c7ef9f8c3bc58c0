#pragma once
// A comparison of past and what-if as a table for people, as JSON and as CSV (docs/replay.md).

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "reporting/comparison.h"

namespace tollgate {

// What a comparison rests on, a sentence each.
using Assumptions = std::vector<std::string>;

std::string comparison_table(const Comparison& comparison, const Assumptions& assumptions);
std::string comparison_json(const Comparison& comparison, const Assumptions& assumptions);
// The groups, or the total where there are none; without refusals and moves.
std::string comparison_csv(const Comparison& comparison, const Assumptions& assumptions);

// Both sides of one call, one object on one line with its end.
std::string compared_row(const RequestRow& row, const Outcome& would);

}  // namespace tollgate
