// `tollgate ledger import`: rows of a backup or of another gateway into the ledger.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <unordered_map>

#include "app/commands/commands.h"
#include "app/commands/ledger_adder.h"
#include "app/commands/ledger_verbs.h"
#include "app/commands/left_change.h"
#include "app/commands/output.h"
#include "app/commands/progress.h"
#include "app/commands/row_reader.h"
#include "async/clock.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::size_t max_lines = 1'000'000;  // of one file
constexpr std::size_t max_line_bytes = std::size_t{1} << 20;
constexpr std::size_t rows_at_once = 10'000;
constexpr std::size_t max_faults_told = 20;

struct IdHash {
  std::size_t operator()(RequestId id) const { return (id.high * 0x9E3779B97F4A7C15) ^ id.low ^ (id.low >> 40); }
};
template <class T>
using ById = std::unordered_map<RequestId, T, IdHash>;

struct NumberedRow {
  std::size_t line;
  LedgerRow row;
};

struct Input {
  std::string rows_file, attempts_file;  // no attempts: empty
  std::vector<NumberedRow> rows;
  ById<std::vector<AttemptRow>> attempts;
};

struct ImportReport {
  std::size_t lines = 0, imported = 0, attempts = 0, known = 0, too_old = 0, bad = 0;
  std::vector<std::string> told;  // the first of what is bad

  void blame(const std::string& file, std::size_t line, std::string_view what) {
    ++bad;
    if (told.size() < max_faults_told) told.push_back(fmt::format("{}:{}: {}", file, line, what));
  }
};

// Calls `take` with each line that is not blank. Error: the file cannot be read, or is too long.
template <class Take>
Result<void> each_line(const std::string& file, Take take) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Fault::invalid_request, fmt::format("{} cannot be read", file));
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.size() > max_line_bytes) return fail(Fault::invalid_request, fmt::format("{}:{}: the line is longer than 1 MiB", file, number));
    if (number > max_lines) return fail(Fault::invalid_request, fmt::format("{} has more than {} lines: split it", file, max_lines));
    if (line.find_first_not_of(" \t\r") != std::string::npos) take(number, std::string_view(line));
  }
  if (in.bad()) return fail(Fault::unavailable, fmt::format("{} cannot be read to its end", file));
  return {};
}

Result<void> read_rows(Input& input, ImportReport& report) {
  ById<std::size_t> line_of;
  return each_line(input.rows_file, [&](std::size_t number, std::string_view line) {
    ++report.lines;
    auto row = read_row_line(line);
    if (!row) return report.blame(input.rows_file, number, row.error().detail);
    auto [first, fresh] = line_of.try_emplace(row->id, number);
    if (!fresh) return report.blame(input.rows_file, number, fmt::format("id is that of line {} too", first->second));
    input.rows.push_back({number, std::move(*row)});
  });
}

Result<void> read_attempts(Input& input, ImportReport& report) {
  if (input.attempts_file.empty()) return {};
  ById<bool> wanted;
  for (const NumberedRow& one : input.rows) wanted.emplace(one.row.id, true);
  return each_line(input.attempts_file, [&](std::size_t number, std::string_view line) {
    auto attempt = read_attempt_line(line);
    if (!attempt) return report.blame(input.attempts_file, number, attempt.error().detail);
    if (!wanted.contains(attempt->request_id)) return report.blame(input.attempts_file, number, "request_id names no row of the import");
    auto& those = input.attempts[attempt->request_id];
    if (std::ranges::find(those, attempt->n, &AttemptRow::n) != those.end())
      return report.blame(input.attempts_file, number, "n is that of another attempt too");
    those.push_back(std::move(*attempt));
  });
}

// What the ledger holds already: all ids, and of what the import corrects the row and its corrections.
struct Known {
  ById<bool> ids;
  ById<LedgerRow> corrected;
  ById<Money> corrections;
};

Result<Known> known_of(LedgerQueries queries, const Input& input) {
  Known known;
  ById<bool> corrected;
  for (const NumberedRow& one : input.rows)
    if (one.row.origin == RowOrigin::correction) corrected.emplace(one.row.corrects, true);
  TG_TRY_VOID(queries.rows({}, [&](const LedgerRow& row) {
    known.ids.emplace(row.id, true);
    if (row.origin == RowOrigin::correction)
      known.corrections[row.corrects] += row.cost;
    else if (corrected.contains(row.id))
      known.corrected.emplace(row.id, row);
    return true;
  }));
  return known;
}

// Takes out of the input what is not to be added, and counts it: first the calls, then the corrections, which need theirs.
class Sieve {
 public:
  Sieve(Input& input, Known& known, WallTime oldest, ImportReport& report)
      : input_(input), known_(known), oldest_(oldest), report_(report) {}

  void run() {
    std::vector<NumberedRow> corrections;
    for (NumberedRow& one : input_.rows) {
      if (!is_new(one.row)) continue;
      if (one.row.origin == RowOrigin::correction)
        corrections.push_back(std::move(one));
      else
        keep(one, attempts_fault(one.row));
    }
    for (NumberedRow& one : corrections) keep(one, correction_fault(one.row));
    input_.rows = std::move(kept_);
  }

 private:
  bool is_new(const LedgerRow& row) {
    if (known_.ids.contains(row.id)) return ++report_.known, false;
    if (row.at < oldest_) return ++report_.too_old, false;
    return true;
  }

  void keep(NumberedRow& one, const std::string& fault) {
    if (!fault.empty()) return report_.blame(input_.rows_file, one.line, fault);
    if (one.row.origin == RowOrigin::correction)
      known_.corrections[one.row.corrects] += one.row.cost;
    else
      known_.corrected.emplace(one.row.id, one.row);
    kept_.push_back(std::move(one));
  }

  // When attempts come with the rows, they are all there.
  std::string attempts_fault(const LedgerRow& row) const {
    if (input_.attempts_file.empty()) return {};
    auto found = input_.attempts.find(row.id);
    std::ptrdiff_t tried = 0;
    if (found != input_.attempts.end())
      tried = std::ranges::count_if(found->second, [](const AttemptRow& attempt) { return attempt.phase != AttemptPhase::shadow; });
    if (tried == row.attempts) return {};
    return fmt::format("attempts says {}, {} has {}", row.attempts, input_.attempts_file, tried);
  }

  std::string correction_fault(const LedgerRow& row) const {
    auto found = known_.corrected.find(row.corrects);
    if (found == known_.corrected.end()) return "corrects names no row, here or in the ledger";
    const LedgerRow& corrected = found->second;
    bool same = corrected.at == row.at && corrected.key == row.key && corrected.attribution == row.attribution &&
                corrected.route == row.route && corrected.provider == row.provider && corrected.model == row.model;
    if (!same) return "corrects names a row with another time or other names";
    auto before = known_.corrections.find(row.corrects);
    Money cost = corrected.cost + row.cost + (before == known_.corrections.end() ? Money{} : before->second);
    return cost.nano_usd < 0 ? "corrects a row that would cost less than nothing" : "";
  }

  Input& input_;
  Known& known_;
  WallTime oldest_;
  ImportReport& report_;
  std::vector<NumberedRow> kept_;
};

Result<void> write(Input& input, LedgerAdder* adder, ImportReport& report) {
  AddedRows chunk;
  for (NumberedRow& one : input.rows) {
    if (auto tried = input.attempts.find(one.row.id); tried != input.attempts.end()) {
      report.attempts += tried->second.size();
      std::ranges::move(tried->second, std::back_inserter(chunk.attempts));
    }
    chunk.imports.push_back(std::move(one.row));
    ++report.imported;
    bool full = chunk.size() >= rows_at_once || &one == &input.rows.back();
    if (!full) continue;
    if (adder != nullptr) TG_TRY_VOID(adder->add(chunk));
    chunk = {};
  }
  return {};
}

Result<ImportReport> imported(const CommandLine& line, const DataChoice& choice, bool dry_run) {
  Input input{.rows_file = line.rest().front(), .attempts_file = line.value("attempts").value_or(""), .rows = {}, .attempts = {}};
  ImportReport report;
  Progress progress("importing rows");
  TG_TRY_VOID(read_rows(input, report));
  TG_TRY_VOID(read_attempts(input, report));
  if (report.bad > 0 && !line.has("skip-bad")) return report;
  Duration keep = choice.config ? choice.config->ledger.keep : LedgerConfig{}.keep;
  TG_TRY(adder, LedgerAdder::open(choice));
  TG_TRY(known, known_of(adder.queries(), input));
  Sieve(input, known, {SystemClock().wall().ns - keep.count()}, report).run();
  if (report.bad > 0 && !line.has("skip-bad")) return report;
  TG_TRY_VOID(write(input, dry_run ? nullptr : &adder, report));
  return report;
}

std::string report_json(const ImportReport& report, bool dry_run) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("dry_run", dry_run).member("lines", report.lines).member("imported", report.imported);
  out.member("attempts", report.attempts).member("known", report.known).member("too_old", report.too_old);
  out.member("bad", report.bad).key("told").begin_array();
  for (const std::string& fault : report.told) out.value(fault);
  out.end_array().end_object();
  return text += '\n';
}

std::string report_text(const ImportReport& report, bool dry_run) {
  return fmt::format("{} lines: {} rows and {} attempts {}, {} known already, {} older than rows are kept, {} bad\n", report.lines,
                     report.imported, report.attempts, dry_run ? "would be imported" : "imported", report.known, report.too_old,
                     report.bad);
}

}  // namespace

int ledger_import(std::span<const std::string> words) {
  CommandLine line;
  constexpr auto value = Option::value, flag = Option::flag;
  auto bad = line.read(words, {data_option, config_option, {"attempts", value}, {"skip-bad", flag}, {"dry-run", flag}, {"json", flag}});
  if (bad) return misuse(ledger_command, *bad);
  if (line.rest().size() != 1) return misuse(ledger_command, "it needs one file: rows as lines of JSON");
  auto choice = choose_existing_data(line);
  if (!choice) return refused(ledger_command, choice.error());
  bool dry_run = line.has("dry-run");
  auto report = imported(line, *choice, true);
  if (report && report->imported > 0 && !dry_run) {
    std::string object = std::filesystem::path(line.rest().front()).filename();
    LeftChange change(*choice, ledger_command, "ledger.import", object);
    auto told = change.tell({}, fmt::format("{} rows, {} attempts", report->imported, report->attempts));
    if (!told) return refused(ledger_command, told.error());
    report = change.ended(imported(line, *choice, false));
  }
  if (!report) return refused(ledger_command, report.error());
  bool nothing = report->bad > 0 && !line.has("skip-bad");
  for (const std::string& fault : report->told) fmt::print(stderr, "{}\n", fault);
  if (report->bad > report->told.size()) fmt::print(stderr, "… and {} more\n", report->bad - report->told.size());
  if (nothing) fmt::print(stderr, "tollgate ledger: nothing was imported; --skip-bad leaves those out\n");
  write_out(line.has("json") ? report_json(*report, dry_run) : report_text(*report, dry_run));
  return finish_output(nothing ? exit_misuse : exit_yes);
}

}  // namespace tollgate
