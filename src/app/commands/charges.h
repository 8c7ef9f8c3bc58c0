#pragma once
// Showback and chargeback: what is asked for each line of a report, beside what it cost.
//
//   --markup 15% [--discount 5%]   for every line
//   --charged                      by the setting `showback`
//
// Each line is rounded once; what is asked in total is the sum of the lines. Pure.

#include <optional>

#include "app/command_line.h"
#include "pricing/showback.h"
#include "storage/sqlite/sums.h"

namespace tollgate {

// The terms that the words ask for; empty when they ask for none. `configured` is nullptr where no configuration is
// known. Errors are invalid_request and name the option.
Result<std::optional<ShowbackConfig>> showback_of(const CommandLine& line, const ShowbackConfig* configured);

// Puts on each sum what is asked for it. Fails when teams have terms of their own and the lines do not say the team.
Result<void> charge_for(Sums& sums, const SumQuery& query, const ShowbackConfig& showback);

}  // namespace tollgate
