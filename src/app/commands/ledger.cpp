#include <fmt/format.h>

#include "app/commands/attempt_line.h"
#include "app/commands/charges.h"
#include "app/commands/commands.h"
#include "app/commands/csv.h"
#include "app/commands/ledger_files.h"
#include "app/commands/ledger_line.h"
#include "app/commands/ledger_verbs.h"
#include "app/commands/output.h"
#include "app/commands/progress.h"
#include "app/commands/row_options.h"
#include "app/commands/sub_commands.h"
#include "app/commands/sums_text.h"
#include "async/clock.h"
#include "json/write.h"
#include "storage/ledger_verify.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate ledger rows     [--format jsonl|csv] [--newest] [--limit N]
tollgate ledger attempts [--format jsonl|csv] [--newest] [--limit N]
tollgate ledger report   [--by team,feature,tags.env,…] [--bucket hour|day|week|month]
                         [--timezone Europe/Berlin] [--month 2026-10]
                         [--markup 15%] [--discount 5%] [--charged]
                         [--format table|json|csv]
tollgate ledger verify   [--json]
                         each with [--data DIR] [--config FILE]; all but verify
                         with [--from T] [--to T] [--key K] [--team T] [--user U]
tollgate ledger reprice  --config FILE --from T [--to T] [--dry-run] [--json]
tollgate ledger reconcile FILE [--provider NAME] [--key ID=NAME]… [--tolerance 0.5%]
                         [--format table|json|csv]
tollgate ledger import   FILE [--attempts FILE] [--skip-bad] [--dry-run] [--json]
                         each with [--data DIR] [--config FILE]

What was asked, tried, used and paid: exact at once, while a gateway runs on the
data folder and when none does. Rows come oldest first; --limit counts requests.
T is a date (midnight) or an RFC 3339 time; --to is not included. Weeks begin on
Monday. Dates, days, weeks and months are those of --timezone, else of UTC. --by
takes key team user feature route endpoint dialect provider model region price
status error_code tags.NAME.

--markup and --discount show beside each cost what is charged for it, rounded
once a line; --charged takes both from `showback` of the --config.

`verify` proves that journal, rows, attempts, sums and view agree; it exits 1
when they do not. Where the configuration keeps rows for another time than
400d, name it with --config.

`reprice` computes what calls of the past should have cost under the prices of
FILE, and adds correction rows with the difference: nothing is edited, and a
second time adds nothing. `reconcile` compares attempts with what a provider says
(OpenAI's or Anthropic's usage or costs as JSON, or a CSV with day,key,model,
input_tokens,cached_tokens,output_tokens,cost_usd) by day, key and model; it exits
1 when they drift apart. `import` adds rows of a backup or of another gateway, in
the form that `rows` prints; those whose id is known are skipped.

  tollgate ledger report --by team,feature --from 2026-11-01 --format csv
  tollgate ledger report --by team --month 2026-10 --markup 15%
)";

using KnownOptions = std::initializer_list<CommandLine::Known>;

WallTime wall_now() { return SystemClock().wall(); }

std::optional<int> read_words(CommandLine& line, std::span<const std::string> words, KnownOptions known) {
  if (auto bad = line.read(words, known)) return misuse(ledger_command, *bad);
  if (!line.rest().empty())
    return misuse(ledger_command, fmt::format("it takes no such word: {}", line.rest().front()));
  return std::nullopt;
}

// The format's place among `names`; the first one when none was asked for. Empty: no such format.
std::optional<std::size_t> format_of(const CommandLine& line, std::initializer_list<std::string_view> names) {
  std::string wanted = line.value("format").value_or(std::string(*names.begin()));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names.begin()[i] == wanted) return i;
  return std::nullopt;
}

enum class RowFormat : std::uint8_t { jsonl, csv };

// Writes rows, each given as one object of JSON.
class RowPrinter {
 public:
  // `empty`: a row of which only the names of its fields count.
  RowPrinter(RowFormat format, std::string_view empty) : format_(format) {
    if (format_ == RowFormat::csv) append_csv_header(line_, empty);
    write_out(line_);
  }
  // False when nobody reads on.
  bool print(std::string_view row) {
    if (format_ == RowFormat::jsonl) return write_out(row) && write_out("\n");
    line_.clear();
    append_csv_line(line_, row);
    return write_out(line_);
  }

 private:
  RowFormat format_;
  std::string line_;
};

// What `rows` and `attempts` have in common: `ask` puts the question and prints.
template <class Ask>
int list_rows(std::span<const std::string> words, std::string_view empty, Ask ask) {
  CommandLine line;
  constexpr auto value = Option::value;
  auto end = read_words(line, words,
                        {data_option,
                         config_option,
                         {"format", value},
                         {"from", value},
                         {"to", value},
                         {"key", value},
                         {"team", value},
                         {"user", value},
                         {"limit", value},
                         {"newest", Option::flag}});
  if (end) return *end;
  auto format = format_of(line, {"jsonl", "csv"});
  if (!format) return misuse(ledger_command, "--format must be jsonl or csv");
  auto filter = row_filter_of(line);
  if (!filter) return refused(ledger_command, filter.error());
  auto choice = choose_existing_data(line);
  if (!choice) return refused(ledger_command, choice.error());
  auto files = open_ledger(*choice, wall_now());
  if (!files) return refused(ledger_command, files.error());
  RowPrinter printer(static_cast<RowFormat>(*format), empty);
  if (!*files) return finish_output(exit_yes);
  Progress progress("reading the ledger");
  auto queries = (*files)->queries();
  auto read = ask(queries, *filter, printer);
  int code = read ? exit_yes : refused(ledger_command, read.error());
  return finish_output(code);
}

std::string attempt_json(const AttemptRow& attempt) {
  std::string json;
  append_attempt_json(json, attempt);
  return json;
}

int rows(std::span<const std::string> words) {
  return list_rows(words, ledger_row_json({}), [](LedgerQueries& queries, const RowFilter& filter, RowPrinter& printer) {
    return queries.rows(filter, [&](const LedgerRow& row) { return printer.print(ledger_row_json(row)); });
  });
}

int attempts(std::span<const std::string> words) {
  return list_rows(words, attempt_json({}), [](LedgerQueries& queries, const RowFilter& filter, RowPrinter& printer) {
    return queries.attempts(filter, [&](const AttemptRow& attempt) { return printer.print(attempt_json(attempt)); });
  });
}

Result<Sums> sums_of(const DataChoice& choice, const SumQuery& query) {
  TG_TRY(files, open_ledger(choice, wall_now()));
  if (!files) return Sums{};
  Progress progress("adding up the ledger");
  auto queries = files->queries();
  return sum_rows(queries, query);
}

Result<Sums> charged_sums(const CommandLine& line, const SumQuery& query) {
  TG_TRY(choice, choose_existing_data(line));
  TG_TRY(showback, showback_of(line, choice.config ? &choice.config->showback : nullptr));
  TG_TRY(sums, sums_of(choice, query));
  if (showback) TG_TRY_VOID(charge_for(sums, query, *showback));
  return sums;
}

int report(std::span<const std::string> words) {
  CommandLine line;
  constexpr auto value = Option::value;
  auto end = read_words(line, words,
                        {data_option,
                         config_option,
                         {"by", value},
                         {"bucket", value},
                         {"format", value},
                         {"from", value},
                         {"to", value},
                         {"key", value},
                         {"team", value},
                         {"user", value},
                         {"timezone", value},
                         {"month", value},
                         {"markup", value},
                         {"discount", value},
                         {"charged", Option::flag}});
  if (end) return *end;
  auto format = format_of(line, {"table", "json", "csv"});
  if (!format) return misuse(ledger_command, "--format must be table, json or csv");
  auto query = sum_query_of(line);
  if (!query) return refused(ledger_command, query.error());
  auto sums = charged_sums(line, *query);
  if (!sums) return refused(ledger_command, sums.error());
  constexpr decltype(&sums_table) writers[] = {sums_table, sums_json, sums_csv};
  write_out(writers[*format](*query, *sums));
  return finish_output(exit_yes);
}

Result<VerifyReport> verified(const CommandLine& line) {
  TG_TRY(choice, choose_existing_data(line));
  Duration keep = choice.config ? choice.config->ledger.keep : LedgerConfig{}.keep;
  TG_TRY(places, find_ledger(choice.path));
  if (!places) return VerifyReport{};
  Progress progress("proving the ledger");
  return verify_ledger(*places->journal, places->view, {wall_now().ns - keep.count()});
}

std::string report_json(const VerifyReport& report) {
  std::string text;
  json::Writer out(text);
  out.begin_object()
      .member("good", report.good())
      .member("requests", report.requests)
      .member("attempts", report.attempts)
      .member("corrections", report.corrections)
      .member("imports", report.imports);
  out.member("open_calls", report.open_calls).member("records", report.records).member("streams", report.streams);
  out.member("view_rows", report.view_rows).member("problems", report.problems).key("told").begin_array();
  for (const std::string& problem : report.told) out.value(problem);
  out.end_array().end_object();
  return text += '\n';
}

std::string report_text(const VerifyReport& report) {
  std::string text;
  for (const std::string& problem : report.told) text += problem + '\n';
  if (report.told.size() < report.problems)
    text += fmt::format("… and {} more\n", report.problems - report.told.size());
  text += fmt::format(
      "{}: {} requests, {} attempts, {} open calls, {} journal records in {} streams, {} rows in the view compared\n",
      report.good() ? "good" : fmt::format("{} problems", report.problems), report.requests, report.attempts,
      report.open_calls, report.records, report.streams, report.view_rows);
  if (report.corrections + report.imports > 0)
    text += fmt::format("added: {} corrections, {} imported rows\n", report.corrections, report.imports);
  return text;
}

int verify(std::span<const std::string> words) {
  CommandLine line;
  if (auto end = read_words(line, words, {data_option, config_option, {"json", Option::flag}})) return *end;
  auto report = verified(line);
  if (!report) return refused(ledger_command, report.error());
  write_out(line.has("json") ? report_json(*report) : report_text(*report));
  return finish_output(report->good() ? exit_yes : exit_no);
}

constexpr SubCommand verbs[] = {{"rows", rows},
                                {"attempts", attempts},
                                {"report", report},
                                {"verify", verify},
                                {"reprice", ledger_reprice},
                                {"reconcile", ledger_reconcile},
                                {"import", ledger_import}};

int run(std::span<const std::string> words) { return run_one_of(ledger_command, verbs, words); }

}  // namespace

const Command ledger_command{"ledger", "what was used and paid: rows, attempts, report, verify; reprice, reconcile, import", help, run};

}  // namespace tollgate
