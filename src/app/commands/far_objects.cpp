#include "app/commands/far_objects.h"

#include <fmt/format.h>

#include "app/commands/admin_client.h"
#include "app/commands/commands.h"
#include "app/commands/key_options.h"
#include "app/commands/output.h"
#include "app/commands/secret_input.h"
#include "app/commands/table.h"
#include "app/setting_objects.h"
#include "async/clock.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate {
namespace {

struct Column {
  std::string_view title, member;
};

std::string shown(const json::Value& value) {
  if (value.is(json::Kind::null)) return "";
  if (value.is(json::Kind::string)) return value.string().value_or("");
  if (!value.is(json::Kind::array)) return std::string(value.raw);
  std::string text;
  for (const json::Value& element : json::Elements(value)) text += (text.empty() ? "" : ",") + shown(element);
  return text;
}

std::string member_of(const json::Value& object, std::string_view name) { return shown(json::find(object, name).value_or(json::Value{})); }

int list_far(const Command& command, const CommandLine& line, std::string_view objects, std::initializer_list<Column> columns) {
  auto client = AdminClient::of(line);
  auto text = client ? client->list(objects) : std::unexpected(client.error());
  if (!text) return refused(command, text.error());
  if (line.has("json")) {
    write_out(*text);
    return finish_output(exit_yes);
  }
  std::vector<Table::Column> titles;
  for (const Column& column : columns) titles.push_back({std::string(column.title)});
  Table table(std::move(titles));
  auto root = json::scan(*text);
  for (const json::Value& row : json::Elements(json::find(*root, objects).value_or(json::Value{}))) {
    std::vector<std::string> cells;
    for (const Column& column : columns) cells.push_back(member_of(row, column.member));
    table.add(std::move(cells));
  }
  write_out(table.text());
  return finish_output(exit_yes);
}

// Asks, and says on stderr what is done.
int change_far(const Command& command, const CommandLine& line, std::string_view method, std::string_view path, std::string_view body, std::string_view done) {
  auto client = AdminClient::of(line);
  auto answer = client ? client->ask(method, path, body) : std::unexpected(client.error());
  if (!answer) return refused(command, answer.error());
  fmt::print(stderr, "tollgate {}: {}\n", command.verb, done);
  return exit_yes;
}

// The new secret alone on stdout. One that could not be shown is lost, and the operator must know.
int show_secret(const CommandLine& line, std::string_view path, std::string_view body, std::string_view what) {
  auto client = AdminClient::of(line);
  auto answer = client ? client->ask("POST", path, body) : std::unexpected(client.error());
  if (!answer) return refused(keys_command, answer.error());
  auto root = json::scan(*answer);
  std::string secret = root ? member_of(*root, "secret") : "";
  const std::string& name = line.rest().front();
  write_out(secret);
  write_out("\n");
  int code = finish_output(secret.empty() ? exit_no : exit_yes);
  if (code == exit_yes)
    fmt::print(stderr, "tollgate keys: `{}` {}; its secret is shown this once\n", name, what);
  else
    fmt::print(stderr, "tollgate keys: nobody saw the new secret of `{}`: rotate it\n", name);
  return code;
}

std::string key_path(const CommandLine& line, std::string_view behind = {}) { return AdminClient::path_of("keys", line.rest().front()) + std::string(behind); }
std::string secret_path(const CommandLine& line) { return AdminClient::path_of("secrets", line.rest().front()); }

std::string object_with(std::string_view name, std::string_view value) {
  std::string text;
  json::Writer(text).begin_object().member(name, value).end_object();
  return text;
}

}  // namespace

int create_far_key(const CommandLine& line) {
  auto settings = key_settings_of(line, SystemClock().wall());
  if (!settings) return refused(keys_command, settings.error());
  std::string rest = key_settings_json(*settings);
  auto root = json::scan(rest);
  std::string whole;
  json::Writer out(whole);
  out.begin_object().member("name", line.rest().front());
  for (const json::Member& member : json::Members(*root)) out.key(member.key()).raw(member.value.raw);
  out.end_object();
  return show_secret(line, "keys", whole, "is made");
}

int list_far_keys(const CommandLine& line) {
  return list_far(keys_command, line, "keys",
                  {{"NAME", "name"}, {"SOURCE", "source"}, {"STATE", "state"}, {"TEAM", "team"}, {"USER", "user"}, {"FEATURE", "feature"}, {"MODELS", "models"}, {"EXPIRES", "expires"}, {"CREATED", "created"}});
}

int show_far_key(const CommandLine& line) {
  auto client = AdminClient::of(line);
  auto answer = client ? client->ask("GET", key_path(line)) : std::unexpected(client.error());
  if (!answer) return refused(keys_command, answer.error());
  auto root = json::scan(*answer);
  if (line.has("json") || !root) {
    write_out(*answer + "\n");
    return finish_output(exit_yes);
  }
  for (const json::Member& member : json::Members(*root)) {
    std::string text = shown(member.value);
    if (!text.empty() && text != "{}") write_out(fmt::format("{:<12}{}\n", member.key(), for_terminal(text)));
  }
  return finish_output(exit_yes);
}

int revoke_far_key(const CommandLine& line) {
  return change_far(keys_command, line, "DELETE", key_path(line, "?keep_name=true"), {}, fmt::format("`{}` is revoked", line.rest().front()));
}

int rotate_far_key(const CommandLine& line) {
  return show_secret(line, key_path(line, "/rotate"), object_with("keep_old", line.value("keep-old").value_or("0")), "has a new secret");
}

int delete_far_key(const CommandLine& line) {
  return change_far(keys_command, line, "DELETE", key_path(line), {}, fmt::format("`{}` is deleted", line.rest().front()));
}

int set_far_secret(const CommandLine& line) {
  auto value = read_secret(fmt::format("Secret for `{}` (it is not shown): ", line.rest().front()));
  if (!value) return refused(secrets_command, value.error());
  return change_far(secrets_command, line, "PUT", secret_path(line), object_with("value", value->reveal()),
                    fmt::format("`{0}` is kept; the configuration may say `vault:{0}`", line.rest().front()));
}

int list_far_secrets(const CommandLine& line) {
  return list_far(secrets_command, line, "secrets", {{"NAME", "name"}, {"CREATED", "created"}, {"CHANGED", "changed"}});
}

int delete_far_secret(const CommandLine& line) {
  return change_far(secrets_command, line, "DELETE", secret_path(line), {}, fmt::format("`{}` is deleted", line.rest().front()));
}

int rotate_far_master(const CommandLine& line) {
  return change_far(secrets_command, line, "POST", "secrets/rotate-master", {}, "everything is sealed under a new master key now");
}

}  // namespace tollgate
