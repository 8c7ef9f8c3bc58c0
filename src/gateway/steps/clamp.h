#pragma once
// A maximum for answers of callers who set none, where a limit says so (`clamp: true`): what its budget can pay.

#include "gateway/worker.h"

namespace tollgate {

// Answers that may not even have so many tokens are refused: OpenAI's Responses take no smaller maximum.
constexpr std::int64_t least_clamped = 16;

// Says the maximum in the caller's own body, as if the caller had; says another one, or none, when it is asked again and the limits
// have other room by then. Nothing is changed where the caller set a maximum, where no limit clamps, and where nothing can be paid.
// Error: invalid_request, for a body that cannot be read with it.
Result<void> clamp(Exchange& exchange, const Target& target, const Policy& policy, const Subject& subject);

}  // namespace tollgate
