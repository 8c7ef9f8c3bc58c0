#pragma once
// `tollgate serve`: runs the gateway until it is told to stop.

#include "app/command_line.h"

namespace tollgate {

extern const Command serve_command;

}  // namespace tollgate
