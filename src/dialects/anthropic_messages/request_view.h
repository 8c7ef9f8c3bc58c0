#pragma once
// What the gateway must know of a Messages call, checked. Bounds of images and documents are generous, as those of all dialects.

#include "base/result.h"
#include "dialects/dialect.h"

namespace tollgate::anthropic_messages {

Result<CallView> view_call(const IncomingCall& call);

}  // namespace tollgate::anthropic_messages
