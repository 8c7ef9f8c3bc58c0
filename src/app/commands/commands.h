#pragma once
// The verbs of `tollgate` that work on files and data folders. app/commands.cpp puts all into one list.

#include "app/command_line.h"

namespace tollgate {

extern const Command audit_command;
extern const Command check_command;
extern const Command describe_command;
extern const Command count_command;
extern const Command explain_command;
extern const Command keys_command;
extern const Command import_command;
extern const Command ledger_command;
extern const Command person_command;
extern const Command replay_command;
extern const Command price_command;
extern const Command secrets_command;
extern const Command version_command;

}  // namespace tollgate
