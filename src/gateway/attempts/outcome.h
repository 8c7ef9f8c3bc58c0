#pragma once
// What an attempt's end says of its target and key, for the calls that come after.

#include "gateway/worker.h"

namespace tollgate {

// The first content came, or the answer is whole.
void note_success(const Exchange& exchange, Worker& worker, const Try& one);

// Which failures count is failures.md F3: the provider's own, not the caller's.
void note_failure(const Exchange& exchange, Worker& worker, const Try& one, const Error& error);

// Given up for another one's answer: it took at least so long.
void note_abandoned(const Exchange& exchange, Worker& worker, const Try& one);

// Time and length of a whole answer.
void note_whole(const Exchange& exchange, Worker& worker, const Try& one);

}  // namespace tollgate
