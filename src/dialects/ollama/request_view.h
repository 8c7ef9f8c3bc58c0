#pragma once
// What the gateway must know of a call in Ollama's API.

#include "dialects/dialect.h"

namespace tollgate::ollama {

Result<CallView> view_call(const IncomingCall& call);

}  // namespace tollgate::ollama
