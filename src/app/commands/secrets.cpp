#include <fmt/format.h>

#include <cstdlib>

#include "app/commands/admin_client.h"
#include "app/commands/commands.h"
#include "app/commands/data_choice.h"
#include "app/commands/far_objects.h"
#include "app/commands/left_change.h"
#include "app/commands/output.h"
#include "app/commands/secret_input.h"
#include "app/commands/sub_commands.h"
#include "app/commands/table.h"
#include "async/clock.h"
#include "config/secrets.h"
#include "json/write.h"
#include "storage/vault/vault.h"

namespace tollgate {
namespace {

constexpr std::string_view help =
    R"(tollgate secrets set NAME      value from stdin; a terminal asks for it without echo
tollgate secrets list [--json]
tollgate secrets delete NAME
tollgate secrets rotate-master
                               each with [--data DIR] [--config FILE], or --admin URL

Credentials of providers, sealed in the vault of the data folder; the
configuration names them as `vault:NAME`. Nothing prints a secret again. A
running gateway knows of a change within a second. --admin asks the admin API of
a gateway elsewhere, with the token in $TOLLGATE_ADMIN_TOKEN.

The master key is $TOLLGATE_MASTER_KEY, or the file master.key, which the first
write makes. `rotate-master` seals everything under a new one: with the file it
makes one; with the variable, set it to `NEW,OLD` first and to `NEW` afterwards.

  tollgate secrets set openai-main < key.txt
)";

using KnownOptions = std::initializer_list<CommandLine::Known>;

// Reads the words; gives the exit code when there is no need to go on.
std::optional<int> read_words(CommandLine& line, std::span<const std::string> words, KnownOptions known,
                              std::size_t names) {
  if (auto bad = line.read(words, known)) return misuse(secrets_command, *bad);
  if (line.rest().size() == names) return std::nullopt;
  // What stands behind the name may be a secret: it is not repeated.
  return misuse(secrets_command,
                names == 0 ? "it takes no name" : "it needs one name, and nothing behind it: a value comes from stdin");
}

Result<std::unique_ptr<Vault>> open_vault(const std::filesystem::path& folder) {
  const char* master = std::getenv(std::string(master_key_variable).c_str());
  return Vault::open(folder.string(), Secret(master == nullptr ? "" : master));
}

// Opens the vault of an existing data folder and does the work.
template <class Work>
int in_vault(const CommandLine& line, Work work) {
  auto choice = choose_existing_data(line);
  if (!choice) return refused(secrets_command, choice.error());
  auto vault = open_vault(choice->path);
  return vault ? work(**vault, *choice) : refused(secrets_command, vault.error());
}

// What a header cannot carry would be refused when it is used; better said now.
void warn_of_characters(std::string_view name, const Secret& value) {
  config::SecretSources sources;
  sources.vault = [&](std::string_view) { return std::optional(value); };
  auto usable = config::resolve({.from = SecretRef::From::vault, .name = std::string(name), .plain = {}}, sources);
  if (!usable) fmt::print(stderr, "tollgate secrets: beware: {}\n", usable.error());
}

// Tells the audit log of a change whose value nobody may know.
Vault::Gate gate_of(LeftChange& change) {
  return [&change](const VaultEntry*) { return change.tell("", ""); };
}

Result<void> set_secret(const CommandLine& line) {
  const std::string& name = line.rest().front();
  TG_TRY(choice, choose_data(line));
  TG_TRY(vault, open_vault(choice.path));
  TG_TRY(value, read_secret(fmt::format("Secret for `{}` (it is not shown): ", name)));
  warn_of_characters(name, value);
  LeftChange change(choice, secrets_command, "secrets.set", name);
  return change.ended(vault->set(name, value, SystemClock().wall(), gate_of(change)));
}

int set(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option, admin_option}, 1)) return *end;
  if (line.has(admin_option.name)) return set_far_secret(line);
  if (auto done = set_secret(line); !done) return refused(secrets_command, done.error());
  fmt::print(stderr, "tollgate secrets: `{0}` is kept; the configuration may say `vault:{0}`\n", line.rest().front());
  return exit_yes;
}

std::string entries_json(const std::vector<VaultEntry>& entries) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("secrets").begin_array();
  for (const VaultEntry& entry : entries)
    out.begin_object()
        .member("name", entry.name)
        .member("version", entry.version)
        .member("created", rfc3339(entry.created))
        .member("changed", rfc3339(entry.changed))
        .end_object();
  out.end_array().end_object();
  return text += '\n';
}

std::string entries_table(const std::vector<VaultEntry>& entries) {
  Table table({{"NAME"}, {"CREATED"}, {"CHANGED"}});
  for (const VaultEntry& entry : entries) table.add({entry.name, rfc3339(entry.created), rfc3339(entry.changed)});
  return table.text();
}

int list(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option, admin_option, {"json", Option::flag}}, 0))
    return *end;
  if (line.has(admin_option.name)) return list_far_secrets(line);
  return in_vault(line, [&](Vault& vault, const DataChoice&) {
    write_out(line.has("json") ? entries_json(vault.list()) : entries_table(vault.list()));
    return finish_output(exit_yes);
  });
}

int remove(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option, admin_option}, 1)) return *end;
  if (line.has(admin_option.name)) return delete_far_secret(line);
  return in_vault(line, [&](Vault& vault, const DataChoice& choice) {
    LeftChange change(choice, secrets_command, "secrets.delete", line.rest().front());
    auto removed = change.ended(vault.remove(line.rest().front(), gate_of(change)));
    if (!removed) return refused(secrets_command, removed.error());
    fmt::print(stderr, "tollgate secrets: `{}` is deleted\n", line.rest().front());
    return exit_yes;
  });
}

int rotate_master(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option, admin_option}, 0)) return *end;
  if (line.has(admin_option.name)) return rotate_far_master(line);
  return in_vault(line, [&](Vault& vault, const DataChoice& choice) {
    LeftChange change(choice, secrets_command, "secrets.rotate_master", "");
    auto rotation = change.ended(vault.rotate_master([&](std::string_view master) { return change.tell("", master); }));
    if (!rotation) return refused(secrets_command, rotation.error());
    fmt::print(stderr, "tollgate secrets: everything is sealed under master key {} now, {} moved\n", rotation->master,
               rotation->rewrapped);
    return exit_yes;
  });
}

constexpr SubCommand verbs[] = {{"set", set}, {"list", list}, {"delete", remove}, {"rotate-master", rotate_master}};

int run(std::span<const std::string> words) { return run_one_of(secrets_command, verbs, words); }

}  // namespace

const Command secrets_command{"secrets", "credentials of providers in the vault: set, list, delete, rotate-master",
                              help, run};

}  // namespace tollgate
