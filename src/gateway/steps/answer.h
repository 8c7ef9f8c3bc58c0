#pragma once
// The attempt loop: the one place that tries targets, whatever the endpoint and dialect.

#include "gateway/answer.h"

namespace tollgate {

// Tries the plan's targets until one gives an answer, or the error itself says that no other may be tried.
Task<Result<Answer>> answer(Exchange& exchange, Worker& worker);

}  // namespace tollgate
