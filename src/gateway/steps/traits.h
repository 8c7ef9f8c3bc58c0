#pragma once
// What a call has beside its text, and so needs of the target that answers it.

#include "gateway/exchange.h"

namespace tollgate {

bool has_trait(const Exchange& exchange, const ChatRequest& chat, CallTrait trait);

// Of those that a target of the route, or of its fallbacks, lacks: the ones that the call has. Nothing is read where nobody lacks any.
CallTraits needed_traits(Exchange& exchange);

}  // namespace tollgate
