#include <fmt/format.h>

#include <limits>

#include "app/commands/commands.h"
#include "app/commands/comparison_text.h"
#include "app/commands/ledger_files.h"
#include "app/commands/output.h"
#include "app/commands/progress.h"
#include "app/commands/question_config.h"
#include "app/commands/row_options.h"
#include "app/replay/ledger_past.h"
#include "app/replay/snapshot_rules.h"
#include "app/snapshot_builder.h"
#include "async/clock.h"
#include "async/random.h"
#include "routing/health.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate replay --config FILE [--from T] [--to T] [--by team,model,…]
                [--format table|json|csv] [--rows] [--empty-limits] [--data DIR]

What if: the ledger's past calls under the configuration of FILE. Cost, refusals
and routes as they were and as they would have been, side by side. Sends nothing
and writes nothing, also while a gateway runs on the data folder; the secrets
that FILE names need not be there. T is a date (midnight in UTC) or an RFC 3339
time; --to is not included. --by takes key team user feature route provider model
endpoint. --rows prints both sides of every call as JSON lines instead. Limits
begin with what the ledger counted before --from; with --empty-limits at zero.
What the answer rests on is printed with it.

  tollgate replay --config cheaper.yaml --from 2026-11-01 --to 2026-12-01 --by team
)";

enum class Format : std::uint8_t { table, json, csv };

struct Wanted {
  std::string config;
  WallTime from, to;
  std::vector<std::string> by;
  Format format = Format::table;
  bool rows = false, empty_limits = false;
};

std::unexpected<Error> wrong(std::string what) { return fail(Fault::invalid_request, std::move(what)); }

Result<Wanted> wanted_of(const CommandLine& line) {
  Wanted wanted;
  auto file = line.value("config");
  if (!file) return wrong("say --config FILE");
  TG_TRY(query, sum_query_of(line));
  wanted.config = *file;
  wanted.from = query.filter.from;
  wanted.to = query.filter.to;
  wanted.by = std::move(query.by);
  std::string format = line.value("format").value_or("table");
  if (format != "table" && format != "json" && format != "csv") return wrong("--format must be table, json or csv");
  wanted.format = format == "json" ? Format::json : format == "csv" ? Format::csv : Format::table;
  wanted.rows = line.has("rows");
  wanted.empty_limits = line.has("empty-limits");
  if (wanted.rows && (!wanted.by.empty() || line.value("format"))) return wrong("--rows prints each call: it goes with neither --by nor --format");
  return wanted;
}

Assumptions assumptions_of(const SnapshotRules& rules, const LedgerPast& past, bool empty_limits) {
  Assumptions all{
      "a call is taken to use as many tokens at another model as it used then",
      "targets are taken to be well: a call that failed then fails with the same status, what fell back falls back again while its first target stays the same",
      "a call that was refused then and is admitted now is taken to use what calls of its key and route usually used",
      "what a call set aside is known where a limit in USD concerned it then; of others the model's own maximum is set aside, as for callers who name none",
  };
  if (empty_limits) all.push_back("limits began at zero");
  if (rules.unknown_usage() > 0) all.push_back(fmt::format("{} calls that were refused then are counted without tokens and cost: no call like them was answered", rules.unknown_usage()));
  if (past.beyond_bounds() > 0) all.push_back(fmt::format("of {} calls less is taken into account than the ledger tells: there are too many", past.beyond_bounds()));
  return all;
}

// Everything that a replay stands on, in the order in which it is made.
struct Ground {
  LoadedConfig loaded;
  LedgerFiles files;
  Counters counters{system_seed()};
  HealthBook health{};
};

Result<void> play(const Wanted& wanted, Ground& ground, Comparison& comparison, Assumptions& assumptions) {
  DataFolder& folder = ground.files.folder;
  SnapshotBuilder builder(SnapshotSources{*folder.pepper, *folder.key_store, *folder.limit_store, ground.counters, ground.health, with_stand_ins(folder.secret_sources())});
  TG_TRY(snapshot, builder.build(ground.loaded.config));
  TG_TRY(past, LedgerPast::read(ground.files, wanted.from, wanted.to));
  SnapshotRules rules(std::move(snapshot), past.usual());
  bool has_before = wanted.from.ns > std::numeric_limits<std::int64_t>::min() && !wanted.empty_limits;
  if (has_before)
    TG_TRY_VOID(past.before(rules.remembers_from(wanted.from), [&](const RequestRow& row) { rules.remember(row, wanted.from); }));
  bool readers = true;
  Replay replay(rules, [&](const PastCall& call, const Outcome& would) {
    if (wanted.rows)
      readers = readers && write_out(compared_row(call.row, would));
    else
      comparison.add(call.row, outcome_of(call.row), would);
  });
  TG_TRY_VOID(past.each([&](PastCall call) {
    if (readers) replay.add(std::move(call));
  }));
  replay.end();
  assumptions = assumptions_of(rules, past, wanted.empty_limits);
  return {};
}

Result<void> answer(const CommandLine& line) {
  TG_TRY(wanted, wanted_of(line));
  TG_TRY(comparison, Comparison::by(wanted.by));
  ConfigOptions options;
  options.allow_plain_secrets = true;
  options.secrets = with_stand_ins(config::SecretSources::of_process());
  TG_TRY(loaded, load_for_question(wanted.config, std::move(options)));
  TG_TRY(choice, choose_existing_data(line));
  TG_TRY(files, open_ledger(choice, SystemClock().wall()));
  Assumptions assumptions;
  if (files) {
    Progress progress("playing the past again");
    Ground ground{.loaded = std::move(loaded), .files = std::move(*files)};
    TG_TRY_VOID(play(wanted, ground, comparison, assumptions));
  }
  if (wanted.rows) return {};
  constexpr decltype(&comparison_table) writers[] = {comparison_table, comparison_json, comparison_csv};
  write_out(writers[static_cast<std::size_t>(wanted.format)](comparison, assumptions));
  return {};
}

int run(std::span<const std::string> words) {
  CommandLine line;
  constexpr auto value = Option::value;
  auto bad = line.read(words, {data_option, config_option, {"from", value}, {"to", value}, {"by", value}, {"format", value},
                               {"rows", Option::flag}, {"empty-limits", Option::flag}});
  if (bad) return misuse(replay_command, *bad);
  if (!line.rest().empty()) return misuse(replay_command, fmt::format("it takes no such word: {}", line.rest().front()));
  auto answered = answer(line);
  int code = answered ? exit_yes : refused(replay_command, answered.error());
  return finish_output(code);
}

}  // namespace

const Command replay_command{"replay", "what if: past calls under another configuration", help, run};

}  // namespace tollgate
