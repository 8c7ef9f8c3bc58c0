#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/commands/mock.h"
#include "app/commands/serve.h"

namespace tollgate {
std::span<const Command> commands() {
  static const Command all[] = {serve_command,   check_command, describe_command, explain_command, count_command,  price_command, keys_command, secrets_command,
                                ledger_command,  audit_command, person_command,   replay_command,  import_command, mock_command, version_command};
  return all;
}

}  // namespace tollgate
