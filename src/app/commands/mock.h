#pragma once
// `tollgate mock`: the scripted provider on a port of its own, until SIGINT or SIGTERM.

#include "app/command_line.h"

namespace tollgate {

extern const Command mock_command;

}  // namespace tollgate
