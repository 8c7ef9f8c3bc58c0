#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/commands/question_config.h"
#include "app/commands/sub_commands.h"
#include "app/migrate/litellm.h"
#include "app/migrate/portkey.h"
#include "base/text.h"
#include "config/yaml.h"
#include "limits/zone.h"
#include "pricing/catalogue.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate import litellm FILE [--out FILE]
tollgate import portkey FILE [--models NAME,NAME] [--out FILE]

Writes a tollgate.yaml like another gateway's configuration: LiteLLM's config.yaml,
or a config object of Portkey as JSON. What has no equivalent, and what is to be
done by hand, goes to stderr, a line each with its place. Secrets are never copied:
they become `env:NAME`, and stderr says which variables want a value. What is
written was checked as by `tollgate check`; exit 1: it has faults, which are told.
--models: the models that callers ask for, which Portkey's file does not say.
--out never writes over a file that is there.

  tollgate import litellm config.yaml --out tollgate.yaml
)";

std::unexpected<Error> wrong(std::string what) { return fail(Fault::invalid_request, std::move(what)); }

Result<config::Node> read_tree(const std::string& file) {
  auto text = config::read_file(file, config::max_file_bytes);
  if (!text) return wrong(fmt::format("{} cannot be read", file));
  config::Faults faults(file);
  if (auto root = config::parse_yaml(*text, faults)) return std::move(*root);
  std::string told;
  for (const ConfigFault& fault : faults.take()) told += (told.empty() ? "" : "\n") + to_string(fault);
  return wrong(std::move(told));
}

// Every fault of what would be written; empty when it is right.
std::string faults_of(const std::string& yaml, const Catalogue& catalogue) {
  ConfigOptions options;
  options.secrets = with_stand_ins({});
  options.zone_exists = [](std::string_view name) { return Zone::load(name).has_value(); };
  options.catalogue_has_price = [&](std::string_view name) { return catalogue.find_named(name) != nullptr; };
  auto loaded = load_config(yaml, "tollgate.yaml", options);
  std::string told;
  if (!loaded)
    for (const ConfigFault& fault : loaded.error()) told += to_string(fault) + '\n';
  return told;
}

bool write_file(const std::string& path, std::string_view text) {
  std::FILE* file = std::fopen(path.c_str(), "wxe");
  if (file == nullptr) return false;
  bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fclose(file) == 0 && whole;
}

int give(const CommandLine& line, const std::string& yaml) {
  auto out = line.value("out");
  if (!out) {
    write_out(yaml);
    return finish_output(exit_yes);
  }
  if (write_file(*out, yaml)) return exit_yes;
  fmt::print(stderr, "tollgate: {} cannot be written, or is there already\n", *out);
  return exit_no;
}

// `make` turns the tree into a draft.
template <class Make>
int import_as(std::span<const std::string> words, std::initializer_list<CommandLine::Known> known, std::string_view from, Make make) {
  CommandLine line;
  if (auto bad = line.read(words, known)) return misuse(import_command, *bad);
  if (line.rest().size() != 1) return misuse(import_command, "name one file");
  const std::string& file = line.rest().front();
  auto tree = read_tree(file);
  if (!tree) return refused(import_command, tree.error());
  auto catalogue = Catalogue::load(Catalogue::shipped());
  if (!catalogue) return refused(import_command, catalogue.error());
  ForeignWorld world{.env = config::SecretSources::of_process().env, .has_price = [&](std::string_view name) { return catalogue->find_named(name) != nullptr; }};
  Remarks remarks;
  std::string yaml = yaml_of(make(line, *tree, world, remarks), from);
  fmt::print(stderr, "{}", remarks.text(file));
  std::string faults = faults_of(yaml, *catalogue);
  if (faults.empty()) return give(line, yaml);
  fmt::print(stderr, "tollgate: what would be written has faults:\n{}", faults);
  write_out(yaml);
  return finish_output(exit_no);
}

int litellm(std::span<const std::string> words) {
  return import_as(words, {{"out", Option::value}}, "LiteLLM's configuration", [](const CommandLine&, const config::Node& tree, const ForeignWorld& world, Remarks& remarks) {
    return draft_from_litellm(tree, world, remarks);
  });
}

int portkey(std::span<const std::string> words) {
  return import_as(words, {{"out", Option::value}, {"models", Option::value}}, "a config of Portkey", [](const CommandLine& line, const config::Node& tree, const ForeignWorld& world, Remarks& remarks) {
    PortkeyNames names;
    for (std::string_view model : split(line.value("models").value_or(""), ','))
      if (!trimmed(model).empty()) names.models.emplace_back(trimmed(model));
    return draft_from_portkey(tree, world, names, remarks);
  });
}

constexpr SubCommand kinds[] = {{"litellm", litellm}, {"portkey", portkey}};

int run(std::span<const std::string> words) { return run_one_of(import_command, kinds, words); }

}  // namespace

const Command import_command{"import", "a tollgate.yaml from another gateway's configuration", help, run};

}  // namespace tollgate
