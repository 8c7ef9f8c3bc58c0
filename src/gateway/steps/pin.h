#pragma once
// A conversation that the provider keeps: it can only be continued where it is.

#include "gateway/worker.h"

namespace tollgate {

// Leaves in the plan only the target and key that issued `previous_response_id`. Error: invalid_request, where that is another's or
// belongs to no target of this model, or is unknown.
Result<void> pin_conversation(Exchange& exchange, const ProviderObjects* objects);

// Asks with the key of the account that has the input of a batch.
void pin_account(Exchange& exchange);

// Remembers who has a batch that has begun.
void remember_batch(const Exchange& exchange, const Worker& worker, const Try& one);

// Remembers who issued an answer's id.
void remember_response(const Exchange& exchange, const Worker& worker, const Try& one);

// Whose stored responses a caller may see.
std::string tenant_of(const VirtualKey& key);

}  // namespace tollgate
