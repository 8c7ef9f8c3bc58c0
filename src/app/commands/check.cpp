#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/data_choice.h"
#include "app/commands/output.h"
#include "app/tokenizer_shelf.h"
#include "async/clock.h"
#include "limits/zone.h"
#include "pricing/catalogue.h"
#include "storage/vault/vault.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate check FILE [--data DIR] [--allow-plain-secrets]

Reads a configuration as the gateway would, and starts nothing. Each fault is a
line `FILE:LINE:COLUMN: setting: what is wrong; did you mean …` on stdout;
warnings say so. Secrets are looked up: in the environment, in files, and in the
vault of the data folder where there is one. Exit 0: good, 1: faults, 2: the file
cannot be read.

  tollgate check tollgate.yaml
)";

// The vault of the data folder that the file or --data names. None: `vault:` cannot be asked here.
std::shared_ptr<Vault> find_vault(const CommandLine& line) {
  std::string data = line.value(data_option.name).value_or("");
  if (data.empty())
    if (auto names = read_names(line.rest().front())) data = names->data;
  std::error_code ignored;
  if (data.empty() || !std::filesystem::is_directory(data, ignored)) return nullptr;
  const char* master = std::getenv(std::string(master_key_variable).c_str());
  auto vault = Vault::open(data, Secret(master == nullptr ? "" : master));
  if (vault) return std::move(*vault);
  fmt::print(stderr, "tollgate check: secrets of the vault were not looked up: {}\n", vault.error().detail);
  return nullptr;
}

ConfigOptions options_of(const CommandLine& line) {
  ConfigOptions options;
  options.allow_plain_secrets = line.has("allow-plain-secrets");
  options.now = SystemClock().wall();
  options.zone_exists = [](std::string_view name) { return Zone::load(name).has_value(); };
  options.tokenizer_fault = [](const std::string& path) -> std::optional<std::string> {
    auto read = read_tokenizer_file(path);
    return read ? std::nullopt : std::optional(read.error().detail);
  };
  if (auto loaded = Catalogue::load(Catalogue::shipped())) {
    auto catalogue = std::make_shared<const Catalogue>(std::move(*loaded));
    options.catalogue_has_price = [catalogue](std::string_view name) { return catalogue->find_named(name) != nullptr; };
  }
  if (auto vault = find_vault(line))
    options.secrets.vault = [vault](std::string_view name) -> std::optional<Secret> {
      auto secret = vault->get(name);
      return secret ? std::optional(std::move(*secret)) : std::nullopt;
    };
  return options;
}

bool unreadable(const std::vector<ConfigFault>& faults) {
  return !faults.empty() && faults.front().severity == config::Severity::unreadable;
}

int run(std::span<const std::string> words) {
  CommandLine line;
  if (auto bad = line.read(words, {data_option, {"allow-plain-secrets", Option::flag}}))
    return misuse(check_command, *bad);
  if (line.rest().size() != 1) return misuse(check_command, "it needs one FILE");
  const std::string& file = line.rest().front();
  ConfigResult loaded = load_config_file(file, options_of(line));
  const auto& faults = loaded ? loaded->warnings : loaded.error();
  for (const ConfigFault& fault : faults) write_out(to_string(fault) + '\n');
  if (loaded) fmt::print(stderr, "tollgate check: {} is good\n", file);
  return finish_output(loaded ? exit_yes : unreadable(faults) ? exit_misuse : exit_no);
}

}  // namespace

const Command check_command{"check", "validates a configuration file", help, run};

}  // namespace tollgate
