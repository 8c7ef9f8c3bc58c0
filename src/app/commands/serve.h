#pragma once

#include "app/command_line.h"

namespace tollgate {

extern const Command serve_command;

}  // namespace tollgate
