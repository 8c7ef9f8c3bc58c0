#pragma once
// What the gateway must know of a call in Cohere's API.

#include "dialects/dialect.h"

namespace tollgate::cohere {

Result<CallView> view_call(const IncomingCall& call);

}  // namespace tollgate::cohere
