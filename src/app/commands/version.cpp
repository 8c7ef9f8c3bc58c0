#include "app/version.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate version [--json]

Version, commit, compiler, and what this build can do.

  tollgate version --json
)";

constexpr std::string_view features[] = {"openai_chat", "tls", "embedded_store", "vault"};

std::string version_json() {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("version", version_text).member("commit", commit_text).member("compiler", compiler_text);
  out.key("features").begin_array();
  for (std::string_view feature : features) out.value(feature);
  out.end_array().end_object();
  return text += '\n';
}

int run(std::span<const std::string> words) {
  CommandLine line;
  if (auto bad = line.read(words, {{"json", Option::flag}})) return misuse(version_command, *bad);
  if (!line.rest().empty()) return misuse(version_command, "it takes no such word: " + line.rest().front());
  write_out(line.has("json") ? version_json()
                             : fmt::format("tollgate {}\ncommit   {}\ncompiler {}\nfeatures {}\n", version_text,
                                           commit_text, compiler_text, fmt::join(features, " ")));
  return finish_output(exit_yes);
}

}  // namespace

const Command version_command{"version", "version, commit, compiler, features", help, run};

}  // namespace tollgate
