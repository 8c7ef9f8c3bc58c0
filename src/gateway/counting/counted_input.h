#pragma once
// The tokens of a call's input, at the target that is to be asked: counted once for each call and target.

#include "gateway/exchange.h"

namespace tollgate {

// Of a long prompt that count_ahead() has not counted, what its bytes tell.
const InputCount& counted_input(Exchange& exchange, const Target& target);

// Counts a long prompt while other calls go on. Errors: client_gone, deadline.
Task<Result<void>> count_ahead(Exchange& exchange, const Target& target);

// The same at one go, on a thread for which nobody waits.
void count_now(Exchange& exchange, const Target& target);

// Whose count it is.
PromptReader reader_at(const Exchange& exchange, const Target& target);
PromptReader reader_at(const Snapshot& snapshot, const Target& target, std::string_view model);

// What the provider reported beside what was estimated.
void learn_input(Exchange& exchange, const Target& target, const Usage& reported);

}  // namespace tollgate
