#pragma once
// What most dialects' bodies have in common: an object that names its model and may ask for a stream.

#include "base/result.h"
#include "dialects/call_view.h"

namespace tollgate {

// The body scanned; `model` and `stream` checked and read. Only chats and completions stream. Errors: invalid_request with `param`.
Result<CallView> view_of_body(const IncomingCall& call);

}  // namespace tollgate
