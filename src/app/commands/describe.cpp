#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/description.h"
#include "app/commands/output.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate describe [--json]

Settings, metrics, errors, provider types, dialects, endpoints and commands of
this build. With --json as data; `schema` in it is the JSON schema of the
settings, for editors.

  tollgate describe --json | python3 -m json.tool
)";

int run(std::span<const std::string> words) {
  CommandLine line;
  if (auto bad = line.read(words, {{"json", Option::flag}})) return misuse(describe_command, *bad);
  if (!line.rest().empty()) return misuse(describe_command, "it takes no such word: " + line.rest().front());
  write_out(line.has("json") ? description_json() : description_text());
  return finish_output(exit_yes);
}

}  // namespace

const Command describe_command{"describe", "what this build knows: settings, metrics, errors, providers, endpoints",
                               help, run};

}  // namespace tollgate
