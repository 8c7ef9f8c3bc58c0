#pragma once
// What is asked for: the body, whether this caller may ask for it, and to whom it is charged.

#include "gateway/exchange.h"

namespace tollgate {

// The route of the model that the call names. Errors: not_allowed, model_not_found.
Result<void> find_route(Exchange& exchange);

// Whether this caller (a user, a session, else a key) goes to the other side of the route's split: always the same one.
bool is_split_off(const Route& route, std::string_view who);

// What is asked for, of a body that is there. Errors: invalid_request.
Result<void> read_call(Exchange& exchange, std::string_view body);

// Errors: those of Incoming::body; invalid_request and unsupported_media_type; not_allowed (the model, or an attribution that
// the key may not set); model_not_found.
Task<Result<void>> understand(Exchange& exchange, const ProviderObjects* objects);

}  // namespace tollgate
