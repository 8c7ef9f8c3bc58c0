#pragma once
// A stream that broke after content, gone on with at another target (setting `continue`): that one is asked to go on from the text that
// the client has. Only where all that came is one text, and where the target's dialect goes on with what an assistant began.

#include "gateway/attempts/heard.h"
#include "gateway/worker.h"

namespace tollgate {

// Whether a stream with this text that ended so may be continued.
bool may_continue(const Exchange& exchange, const Heard& heard, const Error& error);

// Asks the plan's targets, but for the one at hand, in turn. On success the try has a new row, and its answer is that which is
// returned; null: nobody goes on. REQUIRES: the row of the try is closed.
Task<std::unique_ptr<ProviderAnswer>> continue_elsewhere(Exchange& exchange, Worker& worker, Try& one, const std::string& said);

}  // namespace tollgate
