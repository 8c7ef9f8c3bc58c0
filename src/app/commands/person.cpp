#include <fmt/format.h>

#include "app/audit_files.h"
#include "app/commands/attempt_line.h"
#include "app/commands/commands.h"
#include "app/commands/ledger_files.h"
#include "app/commands/ledger_line.h"
#include "app/commands/left_change.h"
#include "app/commands/output.h"
#include "app/commands/progress.h"
#include "app/commands/sub_commands.h"
#include "async/clock.h"
#include "json/write.h"
#include "storage/audit/outside.h"
#include "storage/audit/personal.h"
#include "storage/audit/reader.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate person export USER
tollgate person erase USER --yes
                           each with [--data DIR] [--config FILE]

What ledger and audit log hold about a user, by the name that calls carried.
`export` prints all rows that name them, as one object of JSON. `erase` deletes
the key under which their name and tags are sealed: no row goes and no sum
changes, but nobody can tell any more whose they were. It cannot be undone, and a
backup of person.keys must go too. Exit 1: nothing is held about them.

  tollgate person export alice > alice.json
)";

WallTime wall_now() { return SystemClock().wall(); }

std::optional<int> read_words(CommandLine& line, std::span<const std::string> words, std::initializer_list<CommandLine::Known> known) {
  if (auto bad = line.read(words, known)) return misuse(person_command, *bad);
  if (line.rest().size() != 1 || line.rest().front().empty()) return misuse(person_command, "it needs the name of one user");
  return std::nullopt;
}

struct Person {
  std::string name;
  DataChoice choice;
  LedgerFiles files;
  std::vector<std::uint64_t> ids;  // more than one after an erasure
};

Result<Person> find_person(const CommandLine& line) {
  const std::string& name = line.rest().front();
  TG_TRY(choice, choose_existing_data(line));
  TG_TRY(files, open_ledger(choice, wall_now()));
  std::vector<std::uint64_t> ids;
  if (files) ids = files->names->persons_named(name);
  if (ids.empty()) return fail(Fault::unavailable, fmt::format("nothing is held about a user `{}`", name));
  return Person{name, std::move(choice), std::move(*files), std::move(ids)};
}

Result<void> write_requests(Person& person, json::Writer& out) {
  auto queries = person.files.queries();
  out.key("requests").begin_array();
  TG_TRY_VOID(queries.rows({.user = person.name}, [&](const LedgerRow& row) {
    out.raw(ledger_row_json(row));
    return true;
  }));
  out.end_array().key("attempts").begin_array();
  TG_TRY_VOID(queries.attempts({.user = person.name}, [&](const AttemptRow& attempt) {
    std::string json;
    append_attempt_json(json, attempt);
    out.raw(json);
    return true;
  }));
  out.end_array();
  return {};
}

Result<void> write_audit(Person& person, json::Writer& out) {
  out.key("audit").begin_array();
  TG_TRY(disk, find_audit_disk(person.choice.path));
  if (disk != nullptr) {
    TG_TRY(rows, read_audit_rows(*disk, {.persons = person.ids, .limit = SIZE_MAX}));
    for (const AuditRow& row : rows) out.raw(readable_audit_line(row.line, *person.files.folder.person_keys));
  }
  out.end_array();
  return {};
}

Result<std::string> exported(const CommandLine& line) {
  TG_TRY(person, find_person(line));
  Progress progress("reading ledger and audit log");
  std::string text;
  json::Writer out(text);
  out.begin_object().member("user", person.name);
  TG_TRY_VOID(write_requests(person, out));
  TG_TRY_VOID(write_audit(person, out));
  out.end_object();
  return text += '\n';
}

int export_rows(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option})) return *end;
  auto text = exported(line);
  if (!text) return refused(person_command, text.error());
  write_out(*text);
  return finish_output(exit_yes);
}

// The keys first: should this end between the two, what the log would say is true at the next try.
Result<std::size_t> erase_person(const CommandLine& line) {
  TG_TRY(person, find_person(line));
  TG_TRY(disk, open_audit_disk(person.choice.path));
  for (std::uint64_t id : person.ids) {
    TG_TRY_VOID(person.files.folder.person_keys->forget(id));
    EncodedEvent event;
    const std::string actor = actor_of(person_command);
    encode(AuditNote{.at = wall_now(), .event = AuditLogEvent::erasure, .actor = actor, .person = id}, event);
    TG_TRY_VOID(leave_audit_event(*disk, event));
  }
  return person.ids.size();
}

int erase(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option, {"yes", Option::flag}})) return *end;
  if (!line.has("yes")) return misuse(person_command, "an erasure cannot be undone; say --yes");
  auto erased = erase_person(line);
  if (!erased) return refused(person_command, erased.error());
  fmt::print(stderr, "tollgate person: erased; ledger and audit log stay as they are, and say whose a row is no more\n");
  return exit_yes;
}

constexpr SubCommand verbs[] = {{"export", export_rows}, {"erase", erase}};

int run(std::span<const std::string> words) { return run_one_of(person_command, verbs, words); }

}  // namespace

const Command person_command{"person", "what is held about a user: export, erase", help, run};

}  // namespace tollgate
