#pragma once
// One try at one target, from the edited request to an answer that may be given to the client, or the reason why not.

#include "gateway/answer.h"

namespace tollgate {

// Opens a row for the attempt and fills it in. On success the answer is whole, or a stream whose first content is there.
// REQUIRES: the intent is written.
Task<Result<Answer>> try_target(Exchange& exchange, Worker& worker, const Target& target, const ProviderKey* key);

// Opens the row of a try at this target.
void open_attempt_row(Exchange& exchange, Worker& worker, const Target& target, const ProviderKey* key);

}  // namespace tollgate
