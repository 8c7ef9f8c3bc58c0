#pragma once
// An attempt's row as one object of JSON: the fields of an attempt row in their order. Request rows:
// telemetry/row_line.h.

#include <string>
#include <string_view>

#include "domain/record.h"

namespace tollgate {

// How an attempt ended, in the words of a row:
//   ok          the answer is whole
//   aborted     the client left
//   incomplete  content had come, then it ended early
//   failed      no content came
std::string_view status_of(const AttemptRow& attempt);

// Appends the object without a line end.
void append_attempt_json(std::string& out, const AttemptRow& attempt);

}  // namespace tollgate
