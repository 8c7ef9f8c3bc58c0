#pragma once
// How a command speaks: data to stdout, words to stderr, and an exit code that is never 0 when data was lost.

#include <string_view>

#include "app/command_line.h"
#include "base/error.h"

namespace tollgate {

// False when stdout takes no more: then there is no point in going on.
bool write_out(std::string_view data);

// Flushes stdout. Gives `code`, or exit_no with words when not everything could be written.
int finish_output(int code);

// Says on stderr what could not be done. What the operator asked wrongly is exit_misuse, all else is exit_no.
int refused(const Command& command, const Error& error);

}  // namespace tollgate
