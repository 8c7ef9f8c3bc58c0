#pragma once
// A request's row as one line of JSON: the fields of a row in their order (docs: surface of rows), without what a
// request or an answer said. User and tags may be personal and are left out unless asked for.
//
// Whatever a caller wrote into a name, the line has no line end, no escape sequence of terminals and no control
// character in it: JSON escapes those below U+0020, and this also those from U+007F to U+009F.

#include <string>

#include "domain/record.h"

namespace tollgate {

enum class Personal : bool { left_out, included };

// Appends the object without a line end.
void append_row_json(std::string& out, const RequestRow& row, Personal personal);

}  // namespace tollgate
