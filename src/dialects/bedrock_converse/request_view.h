#pragma once
// What the gateway must know of a Converse call.

#include "dialects/dialect.h"

namespace tollgate::bedrock_converse {

Result<CallView> view_call(const IncomingCall& call);

}  // namespace tollgate::bedrock_converse
