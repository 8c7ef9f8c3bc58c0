#include "app/command_line.h"
#include "app/commands/serve.h"

namespace tollgate {

std::span<const Command> commands() {
  static const Command all[] = {serve_command};
  return all;
}

}  // namespace tollgate
