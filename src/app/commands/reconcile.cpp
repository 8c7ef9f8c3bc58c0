// `tollgate ledger reconcile`: our attempts beside what a provider says.
#include <fmt/format.h>

#include <unordered_map>

#include "app/commands/commands.h"
#include "app/commands/csv.h"
#include "app/commands/ledger_files.h"
#include "app/commands/ledger_verbs.h"
#include "app/commands/output.h"
#include "app/commands/progress.h"
#include "app/commands/table.h"
#include "async/clock.h"
#include "config/secrets.h"
#include "json/write.h"
#include "reporting/reconcile.h"

namespace tollgate {
namespace {

constexpr std::size_t max_export_bytes = std::size_t{256} << 20;
constexpr std::int64_t ns_per_day = 86'400'000'000'000;
constexpr std::string_view formats[] = {"table", "json", "csv"};

struct IdHash {
  std::size_t operator()(RequestId id) const { return (id.high * 0x9E3779B97F4A7C15) ^ id.low ^ (id.low >> 40); }
};

struct Question {
  ProviderExport theirs;
  ReconcileOptions options;
  std::string provider;  // empty: all
  std::size_t format = 0;
};

std::unexpected<Error> wrong(std::string_view option, std::string_view what) {
  return fail(Fault::invalid_request, fmt::format("--{} {}", option, what), std::string(option));
}

Result<ReconcileOptions> options_of(const CommandLine& line) {
  ReconcileOptions options;
  if (auto text = line.value("tolerance")) {
    auto share = parse_percent(*text);
    if (!share) return wrong("tolerance", "must be a share such as 0.5%");
    options.tolerance = *share;
  }
  for (const std::string& pair : line.values("key")) {
    std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
      return wrong("key", "must be ID=NAME: the export's id, and the name of the provider's key here");
    if (!options.keys.try_emplace(pair.substr(0, equals), pair.substr(equals + 1)).second)
      return wrong("key", fmt::format("names {} twice", pair.substr(0, equals)));
  }
  return options;
}

Result<Question> question_of(const CommandLine& line) {
  Question question;
  TG_TRY(options, options_of(line));
  question.options = std::move(options);
  question.provider = line.value("provider").value_or("");
  std::string format = line.value("format").value_or("table");
  while (question.format < std::size(formats) && formats[question.format] != format) ++question.format;
  if (question.format == std::size(formats)) return wrong("format", "must be table, json or csv");
  const std::string& file = line.rest().front();
  auto text = config::read_file(file, max_export_bytes);
  if (!text) return fail(Fault::invalid_request, fmt::format("{} cannot be read, or has more than 256 MiB", file));
  auto theirs = read_provider_export(*text);
  if (!theirs) return fail(Fault::invalid_request, fmt::format("{}: {}", file, theirs.error().detail), theirs.error().param);
  question.theirs = std::move(*theirs);
  return question;
}

UsageSums sums_of(const AttemptRow& attempt) {
  return {.input_tokens = attempt.usage.all_input().count,
          .cached_tokens = attempt.usage.cache_read.count,
          .output_tokens = attempt.usage.all_output().count,
          .cost_nano_usd = attempt.cost.nano_usd};
}

// The attempt that a correction of the row is counted with: the answer, else the last one that is no shadow.
const AttemptRow* corrected_of(const std::vector<AttemptRow>& attempts) {
  const AttemptRow* last = nullptr;
  for (const AttemptRow& attempt : attempts) {
    if (attempt.phase == AttemptPhase::shadow) continue;
    bool answered = attempt.phase == AttemptPhase::stream || attempt.phase == AttemptPhase::done;
    if (answered || last == nullptr || last->phase < AttemptPhase::stream) last = &attempt;
  }
  return last;
}

// An attempt without usage and cost is nothing that a provider tells of.
void add_calls(const LedgerQueries::Call& call, const std::string& provider, Money correction, Reconciler& reconciler) {
  const AttemptRow* corrected = corrected_of(call.attempts);
  for (const AttemptRow& attempt : call.attempts) {
    if (!provider.empty() && attempt.provider != provider) continue;
    UsageSums sums = sums_of(attempt);
    if (&attempt == corrected) sums += UsageSums{.cost_nano_usd = correction.nano_usd};
    if (sums == UsageSums{}) continue;
    reconciler.add_ours(attempt.started_at.ns / ns_per_day, attempt.key, attempt.model, sums);
  }
}

Result<Reconciliation> compared(const CommandLine& line, const Question& question) {
  Reconciler reconciler(question.theirs, question.options);
  TG_TRY(choice, choose_existing_data(line));
  TG_TRY(files, open_ledger(choice, SystemClock().wall()));
  if (!files || question.theirs.last_day < question.theirs.first_day) return reconciler.compare();
  Progress progress("comparing with the ledger");
  auto queries = files->queries();
  // An attempt may begin on the day after its call.
  RowFilter filter{.from = {(question.theirs.first_day - 1) * ns_per_day}, .to = {(question.theirs.last_day + 1) * ns_per_day}};
  std::unordered_map<RequestId, Money, IdHash> corrections;
  TG_TRY_VOID(queries.rows(filter, [&](const LedgerRow& row) {
    if (row.origin == RowOrigin::correction) corrections[row.corrects] += row.cost;
    return true;
  }));
  TG_TRY_VOID(queries.calls(filter, [&](const LedgerQueries::Call& call) -> Result<bool> {
    auto found = corrections.find(call.row.id);
    add_calls(call, question.provider, found == corrections.end() ? Money{} : found->second, reconciler);
    return true;
  }));
  return reconciler.compare();
}

std::string day_text(std::int64_t day) { return rfc3339({day * ns_per_day}).substr(0, 10); }

std::string line_json(const DriftLine& line) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("day", day_text(line.place.day)).member("key", line.place.key).member("model", line.place.model);
  out.member("measure", to_string(line.measure)).member("kind", to_string(line.kind)).member("ours", line.ours);
  out.member("theirs", line.theirs).member("difference", line.difference()).end_object();
  return text;
}

std::string drift_json(const Question& question, const Reconciliation& result) {
  std::string text;
  json::Writer out(text);
  bool any = question.theirs.first_day <= question.theirs.last_day;
  out.begin_object().member("drift", !result.drift.empty()).member("format", question.theirs.format);
  out.member("from", any ? day_text(question.theirs.first_day) : "").member("to", any ? day_text(question.theirs.last_day) : "");
  out.key("measures").begin_array();
  for (ExportMeasure measure : question.theirs.measures) out.value(to_string(measure));
  out.end_array().member("compared", result.compared).key("lines").begin_array();
  for (const DriftLine& line : result.drift) out.raw(line_json(line));
  out.end_array().end_object();
  return text += '\n';
}

std::string drift_csv(const Reconciliation& result) {
  std::string text;
  append_csv_header(text, line_json({}));
  for (const DriftLine& line : result.drift) append_csv_line(text, line_json(line));
  return text;
}

std::string drift_table(const Question& question, const Reconciliation& result) {
  std::string text;
  if (!result.drift.empty()) {
    constexpr Align right = Align::right;
    Table table({{"DAY"}, {"KEY"}, {"MODEL"}, {"MEASURE"}, {"KIND"}, {"OURS", right}, {"THEIRS", right}, {"DIFFERENCE", right}});
    for (const DriftLine& line : result.drift)
      table.add({day_text(line.place.day), line.place.key, line.place.model, std::string(to_string(line.measure)),
                 std::string(to_string(line.kind)), fmt::format("{}", line.ours), fmt::format("{}", line.theirs),
                 fmt::format("{:+}", line.difference())});
    text = table.text();
  }
  std::string_view verdict = result.drift.empty() ? "no drift" : "drift";
  return text + fmt::format("{}: {} ({} places compared)\n", verdict, question.theirs.format, result.compared);
}

}  // namespace

int ledger_reconcile(std::span<const std::string> words) {
  CommandLine line;
  constexpr auto value = Option::value;
  auto bad = line.read(words, {data_option, config_option, {"provider", value}, {"key", Option::values}, {"tolerance", value}, {"format", value}});
  if (bad) return misuse(ledger_command, *bad);
  if (line.rest().size() != 1) return misuse(ledger_command, "it needs one file: the provider's export");
  auto question = question_of(line);
  if (!question) return refused(ledger_command, question.error());
  auto result = compared(line, *question);
  if (!result) return refused(ledger_command, result.error());
  if (question->theirs.more_pages) fmt::print(stderr, "tollgate ledger: the export says that it has more pages than this\n");
  write_out(question->format == 0   ? drift_table(*question, *result)
            : question->format == 1 ? drift_json(*question, *result)
                                    : drift_csv(*result));
  return finish_output(result->drift.empty() ? exit_yes : exit_no);
}

}  // namespace tollgate
