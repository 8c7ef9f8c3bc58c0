#include <fmt/format.h>

#include "app/commands/admin_client.h"
#include "app/commands/commands.h"
#include "app/commands/data_choice.h"
#include "app/commands/far_objects.h"
#include "app/commands/key_options.h"
#include "app/commands/key_text.h"
#include "app/commands/left_change.h"
#include "app/commands/output.h"
#include "app/commands/sub_commands.h"
#include "app/data_folder.h"
#include "async/clock.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate keys create NAME [--team T] [--user U] [--feature F] [--tags a=b,c=d]
                          [--models M,N*] [--may-set user,feature,tags] [--expires DATE]
                          [--allow-from CIDR,…] [--limit usd=50/month]…
tollgate keys list [--json]
tollgate keys show NAME [--json]
tollgate keys revoke NAME
tollgate keys rotate NAME [--keep-old 24h]
tollgate keys delete NAME
                          each with [--data DIR] [--config FILE], or --admin URL

Virtual keys in the data folder; a running gateway knows of a change within a
second. `create` and `rotate` print the new secret alone on stdout: nobody can
ask for it again. `rotate` ends the old secret at once, or after --keep-old (at
most 90d). `revoke` keeps the name, `delete` frees it. With --config, the data
folder is the one that the file names, and `create` refuses a name that the file
uses. --admin asks the admin API of a gateway elsewhere, with the token in
$TOLLGATE_ADMIN_TOKEN.

  tollgate keys create search-dev --team search --limit usd=50/month > secret.txt
)";

WallTime wall_now() { return SystemClock().wall(); }

using KnownOptions = std::initializer_list<CommandLine::Known>;
enum class Names : std::uint8_t { none, one };

// Reads the words; gives the exit code when there is no need to go on.
std::optional<int> read_words(CommandLine& line, std::span<const std::string> words, KnownOptions known, Names names) {
  if (auto bad = line.read(words, known)) return misuse(keys_command, *bad);
  if (names == Names::one && line.rest().size() != 1) return misuse(keys_command, "it needs the name of one key");
  if (names == Names::none && !line.rest().empty())
    return misuse(keys_command, fmt::format("it takes no name: {}", line.rest().front()));
  return std::nullopt;
}

// Opens the data folder that the words mean, which must be there, and does the work.
template <class Work>
int in_folder(const CommandLine& line, Work work) {
  auto choice = choose_existing_data(line);
  if (!choice) return refused(keys_command, choice.error());
  WallTime now = wall_now();
  auto folder = DataFolder::open(choice->path, now);
  if (!folder) return refused(keys_command, folder.error());
  return work(*folder->key_store, now, *choice);
}

// Tells the audit log what becomes of a key.
KeyStore::Gate gate_of(LeftChange& change, WallTime now) {
  return [&change, now](const StoredKey* before, const StoredKey* after) {
    return change.tell(before == nullptr ? "" : redacted_key_json(*before, now), after == nullptr ? "" : redacted_key_json(*after, now));
  };
}

// The new secret alone on stdout. One that could not be shown is lost, and the operator must know.
int show_once(const IssuedKey& issued, std::string_view what) {
  write_out(issued.secret.reveal());
  write_out("\n");
  int code = finish_output(exit_yes);
  if (code == exit_yes)
    fmt::print(stderr, "tollgate keys: `{}` {}; its secret is shown this once\n", issued.key.name, what);
  else
    fmt::print(stderr, "tollgate keys: nobody saw the new secret of `{}`: rotate it\n", issued.key.name);
  return code;
}

int say_done(std::string_view name, std::string_view what) {
  fmt::print(stderr, "tollgate keys: `{}` {}\n", name, what);
  return exit_yes;
}

int no_such_key(std::string_view name) {
  fmt::print(stderr, "tollgate keys: there is no created key `{}`\n", name);
  return exit_no;
}

// Two keys of one name: the gateway would refuse to load.
Result<void> check_name_is_free(const DataChoice& choice, const std::string& name) {
  if (!choice.config || choice.config->keys.find(name) == nullptr) return {};
  return fail(Error{.fault = Fault::invalid_request,
                    .detail = fmt::format("the configuration has a key `{}` already", name),
                    .param = "name",
                    .code = "conflict"});
}

Result<IssuedKey> create_key(const CommandLine& line, WallTime now) {
  const std::string& name = line.rest().front();
  TG_TRY(settings, key_settings_of(line, now));
  TG_TRY_VOID(check_key_settings(settings));
  if (!valid_key_name(name))
    return fail(Fault::invalid_request, "a key's name has letters, digits and ._/:- and at most 128 of them", "name");
  TG_TRY(choice, choose_data(line));
  TG_TRY_VOID(check_name_is_free(choice, name));
  TG_TRY(folder, DataFolder::open(choice.path, now));
  LeftChange change(choice, keys_command, "keys.create", name);
  return change.ended(folder.key_store->create(name, std::move(settings), now, gate_of(change, now)));
}

int create(std::span<const std::string> words) {
  CommandLine line;
  constexpr auto value = Option::value;
  auto end = read_words(line, words,
                        {data_option,
                         config_option,
                         admin_option,
                         {"team", value},
                         {"user", value},
                         {"feature", value},
                         {"tags", value},
                         {"models", value},
                         {"may-set", value},
                         {"expires", value},
                         {"allow-from", value},
                         {"limit", Option::values}},
                        Names::one);
  if (end) return *end;
  if (line.has(admin_option.name)) return create_far_key(line);
  auto issued = create_key(line, wall_now());
  if (!issued) return refused(keys_command, issued.error());
  return show_once(*issued, "is made");
}

int list(std::span<const std::string> words) {
  CommandLine line;
  auto end = read_words(line, words, {data_option, config_option, admin_option, {"json", Option::flag}}, Names::none);
  if (end) return *end;
  if (line.has(admin_option.name)) return list_far_keys(line);
  return in_folder(line, [&](KeyStore& store, WallTime now, const DataChoice&) {
    auto keys = store.list();
    if (!line.has("json")) {
      write_out(key_table(keys, now));
      return finish_output(exit_yes);
    }
    std::string text;
    json::Writer out(text);
    out.begin_object().key("keys").begin_array();
    for (const StoredKey& key : keys) append_key_json(out, key, now);
    out.end_array().end_object();
    write_out(text += '\n');
    return finish_output(exit_yes);
  });
}

int show(std::span<const std::string> words) {
  CommandLine line;
  auto end = read_words(line, words, {data_option, config_option, admin_option, {"json", Option::flag}}, Names::one);
  if (end) return *end;
  if (line.has(admin_option.name)) return show_far_key(line);
  return in_folder(line, [&](KeyStore& store, WallTime now, const DataChoice&) {
    auto key = store.show(line.rest().front());
    if (!key) return no_such_key(line.rest().front());
    std::string text;
    if (line.has("json")) {
      json::Writer out(text);
      append_key_json(out, *key, now);
      text += '\n';
    } else {
      text = key_lines(*key, now);
    }
    write_out(text);
    return finish_output(exit_yes);
  });
}

int revoke(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option, admin_option}, Names::one)) return *end;
  if (line.has(admin_option.name)) return revoke_far_key(line);
  return in_folder(line, [&](KeyStore& store, WallTime now, const DataChoice& choice) {
    LeftChange change(choice, keys_command, "keys.revoke", line.rest().front());
    auto key = change.ended(store.revoke(line.rest().front(), now, {}, gate_of(change, now)));
    return key ? say_done(key->name, "is revoked") : refused(keys_command, key.error());
  });
}

int rotate(std::span<const std::string> words) {
  CommandLine line;
  auto end =
      read_words(line, words, {data_option, config_option, admin_option, {"keep-old", Option::value}}, Names::one);
  if (end) return *end;
  auto keep = parse_duration(line.value("keep-old").value_or("0"));
  if (!keep) return misuse(keys_command, "--keep-old must be a duration such as 24h");
  if (line.has(admin_option.name)) return rotate_far_key(line);
  return in_folder(line, [&](KeyStore& store, WallTime now, const DataChoice& choice) {
    LeftChange change(choice, keys_command, "keys.rotate", line.rest().front());
    auto issued = change.ended(store.rotate(line.rest().front(), *keep, now, {}, gate_of(change, now)));
    if (!issued) return refused(keys_command, issued.error());
    std::string old = *keep == Duration::zero() ? "the old secret has ended"
                                                : fmt::format("the old secret is good until {}", rfc3339(now + *keep));
    return show_once(*issued, fmt::format("has a new secret, {}", old));
  });
}

int remove(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option, admin_option}, Names::one)) return *end;
  if (line.has(admin_option.name)) return delete_far_key(line);
  return in_folder(line, [&](KeyStore& store, WallTime now, const DataChoice& choice) {
    const std::string& name = line.rest().front();
    LeftChange change(choice, keys_command, "keys.delete", name);
    auto removed = change.ended(store.remove(name, {}, gate_of(change, now)));
    return removed ? say_done(name, "is deleted") : refused(keys_command, removed.error());
  });
}

constexpr SubCommand verbs[] = {{"create", create}, {"list", list},     {"show", show},
                                {"revoke", revoke}, {"rotate", rotate}, {"delete", remove}};

int run(std::span<const std::string> words) { return run_one_of(keys_command, verbs, words); }

}  // namespace

const Command keys_command{"keys", "virtual keys: create, list, show, revoke, rotate, delete", help, run};

}  // namespace tollgate
