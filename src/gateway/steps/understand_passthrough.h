#pragma once
// The second step of a call that is passed on unread: which provider it goes to, and which model it names.

#include "gateway/exchange.h"

namespace tollgate {

// Of `/passthrough/{provider}/…` the provider; of OpenAI's images, audio and moderations the route of the model; of a batch the account
// that has its input.
Task<Result<void>> understand_passthrough(Exchange& exchange, const ProviderObjects* objects);

}  // namespace tollgate
