#pragma once
// One try at one target, from the edited request to an answer that may be given to the client, or the reason why not.

#include "gateway/answer.h"

namespace tollgate {

// Opens a row for the attempt and fills it in. On success the answer is whole, or a stream whose first content is there.
// REQUIRES: the intent is written; the try has target and key.
Task<Result<Answer>> make_try(Exchange& exchange, Worker& worker, Try& one);

// Opens the row of a try that has target and key.
void open_attempt_row(Exchange& exchange, Worker& worker, Try& one);

// Sends a try's request and waits for the head of its answer; refusals are errors. REQUIRES: its row is open.
Task<Result<std::unique_ptr<ProviderAnswer>>> open_answer(Exchange& exchange, Worker& worker, Try& one);

// Closes the row of a try that failed, and tells those who remember; the error as its client would hear it.
Error close_failed(Exchange& exchange, Worker& worker, Try& one, Error error);

// Closes the row of a try that is given up: another one has the answer.
void abandon(Exchange& exchange, Worker& worker, Try& one);

}  // namespace tollgate
