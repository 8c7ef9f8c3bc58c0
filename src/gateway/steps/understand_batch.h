#pragma once
// The second step of a call that begins a batch: whose input file it names, which account has it, and what all its calls may cost together.

#include "gateway/exchange.h"

namespace tollgate {

constexpr std::string_view batches_endpoint = "/v1/batches";

// Errors: invalid_request, where the input is no file of this caller that was given as a batch's; not_allowed, for its model.
Result<void> understand_batch(Exchange& exchange, const ProviderObjects* objects);

// The batch's calls at its price. Null target price: none.
void price_as_batch(Exchange& exchange, const Target& target);

}  // namespace tollgate
