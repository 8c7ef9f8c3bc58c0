#include <fmt/format.h>

#include <fstream>

#include "app/audit_answers.h"
#include "app/audit_files.h"
#include "app/commands/commands.h"
#include "app/commands/ledger_files.h"
#include "app/commands/left_change.h"
#include "app/commands/output.h"
#include "app/commands/progress.h"
#include "app/commands/sub_commands.h"
#include "async/clock.h"
#include "config/secrets.h"
#include "storage/audit/outside.h"
#include "storage/audit/personal.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate audit rows       [--since T] [--until T] [--key K] [--user U]
                          [--kind request|shadow|stranger|change|log] [--limit N]
                          [--format jsonl|csv]
tollgate audit checkpoint [--out FILE]
tollgate audit verify     [--checkpoint FILE]… [--json]
                          each with [--data DIR] [--config FILE]

The tamper-evident record of every call, refusal and change, also while a
gateway runs. `rows` gives lines, newest first, 100 of them unless --limit says
otherwise; T is a date (midnight in UTC) or an RFC 3339 time. `checkpoint` signs
the newest line: keep it elsewhere. `verify` proves that nothing was changed,
dropped, moved or cut off since the newest checkpoint, and since those that
--checkpoint names; it prints the first fault and exits 1 when there is one.

  tollgate audit verify --checkpoint kept-elsewhere.txt
)";

constexpr std::size_t checkpoint_bytes_max = max_signed_head_bytes;

WallTime wall_now() { return SystemClock().wall(); }

std::optional<int> read_words(CommandLine& line, std::span<const std::string> words, std::initializer_list<CommandLine::Known> known) {
  if (auto bad = line.read(words, known)) return misuse(audit_command, *bad);
  if (!line.rest().empty()) return misuse(audit_command, fmt::format("it takes no such word: {}", line.rest().front()));
  return std::nullopt;
}

struct AuditFiles {
  DataFolder folder;
  std::unique_ptr<FileDisk> disk;
  AuditKeys keys;
};

// Error: there is none.
Result<AuditFiles> open_audit(const DataChoice& choice) {
  TG_TRY(disk, find_audit_disk(choice.path));
  if (disk == nullptr) return fail(Fault::unavailable, "no audit log was ever kept in this data folder");
  TG_TRY(folder, DataFolder::open(choice.path, wall_now()));
  TG_TRY(keys, audit_keys(*folder.vault, wall_now()));
  return AuditFiles{std::move(folder), std::move(disk), std::move(keys)};
}

// `time kind what`, for people; the line itself with --json.
std::string short_line(const AuditRow& row, std::string_view readable) {
  auto cut = [](std::string_view text, std::string_view from, std::string_view to) {
    std::size_t begin = text.find(from), end = text.rfind(to);
    return begin == std::string_view::npos || end == std::string_view::npos || end <= begin ? text : text.substr(begin, end - begin);
  };
  return fmt::format("{} {} {}\n", row.seq, rfc3339(row.at), cut(readable, "\"kind\"", ",\"prev\""));
}

enum class RowForm : std::uint8_t { words, jsonl, csv };

// `--json` is `--format jsonl`. Empty: it is none of ours.
std::optional<RowForm> form_of(const CommandLine& line) {
  auto format = line.value("format");
  if (!format) return line.has("json") ? RowForm::jsonl : RowForm::words;
  if (*format == "jsonl") return RowForm::jsonl;
  return *format == "csv" ? std::optional(RowForm::csv) : std::nullopt;
}

Result<std::vector<AuditRow>> wanted_rows(const CommandLine& line, const DataChoice& choice, AuditFiles& files) {
  TG_TRY(ledger, open_ledger(choice, wall_now()));
  TG_TRY(filter, audit_filter_of(line, ledger ? ledger->names.get() : nullptr));
  return read_audit_rows(*files.disk, filter);
}

int rows(std::span<const std::string> words) {
  CommandLine line;
  constexpr auto value = Option::value;
  auto end = read_words(line, words, {data_option, config_option, {"since", value}, {"until", value}, {"key", value}, {"user", value},
                                      {"kind", value}, {"limit", value}, {"format", value}, {"json", Option::flag}});
  if (end) return *end;
  auto form = form_of(line);
  if (!form) return misuse(audit_command, "--format must be jsonl or csv");
  if (auto checked = audit_filter_of(line, nullptr); !checked) return refused(audit_command, checked.error());
  auto choice = choose_existing_data(line);
  if (!choice) return refused(audit_command, choice.error());
  auto files = open_audit(*choice);
  if (!files) return refused(audit_command, files.error());
  auto found = wanted_rows(line, *choice, *files);
  if (!found) return refused(audit_command, found.error());
  std::string text;
  if (*form == RowForm::csv) append_audit_csv_header(text);
  for (const AuditRow& row : *found) {
    std::string readable = readable_audit_line(row.line, *files->folder.person_keys);
    if (*form == RowForm::csv)
      append_audit_csv_line(text, readable);
    else
      text += *form == RowForm::jsonl ? readable + "\n" : short_line(row, readable);
    if (!write_out(std::exchange(text, {}))) break;
  }
  write_out(text);  // a table without rows
  return finish_output(exit_yes);
}

Result<void> write_checkpoint(const CommandLine& line, const std::string& text) {
  auto name = line.value("out");
  if (!name) return write_out(text) ? Result<void>() : fail(Fault::unavailable, "it could not be written");
  std::ofstream file(*name, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (!file) return fail(Fault::unavailable, fmt::format("{} cannot be written", *name));
  fmt::print(stderr, "tollgate audit: {} has the signed head; keep it where nobody who can write the log can write\n", *name);
  return {};
}

Result<void> take_checkpoint(const CommandLine& line) {
  TG_TRY(choice, choose_existing_data(line));
  TG_TRY(files, open_audit(choice));
  Progress progress("proving the audit log");
  TG_TRY(text, sign_audit_log(*files.disk, *files.keys.signing, wall_now()));
  TG_TRY_VOID(write_checkpoint(line, text));
  TG_TRY(head, read_signed_head(text, SignedHeadKind::checkpoint, std::span(&files.keys.signing->public_key(), 1)));
  EncodedEvent event;
  const std::string actor = actor_of(audit_command);
  encode(AuditNote{.at = wall_now(), .event = AuditLogEvent::checkpoint, .actor = actor, .seq = head.head.seq, .hash = head.head.hash}, event);
  return leave_audit_event(*files.disk, event);
}

int checkpoint(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option, {"out", Option::value}})) return *end;
  auto done = take_checkpoint(line);
  return done ? finish_output(exit_yes) : refused(audit_command, done.error());
}

Result<AuditVerifyReport> verified(const CommandLine& line) {
  AuditVerifyOptions options;
  for (const std::string& name : line.values("checkpoint")) {
    auto text = config::read_file(name, checkpoint_bytes_max);
    if (!text) return fail(Fault::invalid_request, fmt::format("{} cannot be read", name), "checkpoint");
    options.checkpoints.push_back(*text);
  }
  TG_TRY(choice, choose_existing_data(line));
  TG_TRY(files, open_audit(choice));
  options.keys = std::span(&files.keys.signing->public_key(), 1);
  Progress progress("proving the audit log");
  return verify_audit(*files.disk, options);
}

int verify(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option, {"checkpoint", Option::values}, {"json", Option::flag}})) return *end;
  auto report = verified(line);
  if (!report) return refused(audit_command, report.error());
  write_out(line.has("json") ? audit_report_json(*report) : audit_report_text(*report));
  return finish_output(report->good() ? exit_yes : exit_no);
}

constexpr SubCommand verbs[] = {{"rows", rows}, {"checkpoint", checkpoint}, {"verify", verify}};

int run(std::span<const std::string> words) { return run_one_of(audit_command, verbs, words); }

}  // namespace

const Command audit_command{"audit", "the tamper-evident log: rows, checkpoint, verify", help, run};

}  // namespace tollgate
