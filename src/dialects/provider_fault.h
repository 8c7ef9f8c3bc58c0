#pragma once
// What a provider's refusal means by its status, whatever its language, and what follows from it. Source: failures F2 and F3.

#include <string_view>

#include "base/error.h"
#include "dialects/retry_after.h"

namespace tollgate {

Fault fault_of_status(int status);
Retry retry_of(Fault fault, int status);
// For a caller who may not read the provider's own words.
std::string_view plain_text(Fault fault);
bool waiting_helps(Fault fault);

// The headers know better than the text, and the provider's own word on retrying rules (F3, last row).
void apply(const RetryAdvice& advice, Error& error);

}  // namespace tollgate
