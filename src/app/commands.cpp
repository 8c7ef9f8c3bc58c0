#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/commands/later.h"
#include "app/commands/mock.h"
#include "app/commands/serve.h"

namespace tollgate {
namespace {

std::vector<Command> all_commands() {
  std::vector<Command> all{serve_command,   check_command,  describe_command, explain_command, count_command, keys_command,
                           secrets_command, ledger_command, audit_command,    person_command,  mock_command,  version_command};
  for (const Command& later : later_commands()) all.push_back(later);
  return all;
}

}  // namespace

std::span<const Command> commands() {
  static const std::vector<Command> all = all_commands();
  return all;
}

}  // namespace tollgate
