#pragma once
// A secret from the operator: typed at a terminal without echo, or the whole of a pipe or file. Never from the command
// line, which others on the machine can read.

#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace tollgate {

constexpr std::size_t max_input_secret_bytes = 65'536;  // as the vault's

// Line ends at its end are dropped. Fails when it is empty, too long, or the operator gave up (Ctrl-C, Ctrl-D).
Result<Secret> read_secret(std::string_view prompt);

}  // namespace tollgate
