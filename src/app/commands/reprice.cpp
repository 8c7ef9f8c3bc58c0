// `tollgate ledger reprice`: what calls of the past should have cost under other prices, as correction rows.
#include <fmt/format.h>

#include <map>
#include <unordered_map>

#include "app/commands/commands.h"
#include "app/commands/ledger_adder.h"
#include "app/commands/ledger_verbs.h"
#include "app/commands/left_change.h"
#include "app/commands/output.h"
#include "app/commands/progress.h"
#include "app/commands/row_options.h"
#include "app/commands/table.h"
#include "app/past_prices.h"
#include "async/clock.h"
#include "crypto/random.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::size_t rows_at_once = 10'000;  // a kill loses the work on so many at most

struct IdHash {
  std::size_t operator()(RequestId id) const { return (id.high * 0x9E3779B97F4A7C15) ^ id.low ^ (id.low >> 40); }
};

struct ModelChange {
  std::int64_t corrected = 0;
  Money before, after;
};

struct RepriceReport {
  std::int64_t rows = 0, corrected = 0, unpriced = 0;
  Money difference;
  std::map<std::pair<std::string, std::string>, ModelChange> models;  // by provider and model
};

// A correction of this row by so much.
CorrectionRecord correction_of(const LedgerQueries::Call& call, Money difference, std::string price_id, RequestId id,
                               WallTime now) {
  RequestRecord record = call.record;
  record.corrects = record.id;
  record.id = id;
  record.origin = static_cast<std::uint8_t>(RowOrigin::correction);
  record.finished_at_ns = now.ns;
  record.cost_nano_usd = difference.nano_usd;
  record.saved_nano_usd = 0;
  record.usage = {};
  record.attempts = 0;
  record.first_token_ms = -1;
  record.duration_ms = 0;
  return {record, std::move(price_id)};
}

class Repricing {
 public:
  Repricing(LedgerQueries queries, LedgerAdder* adder, const Config& config, const PastPrices& prices)
      : queries_(queries),
        adder_(adder),
        prices_(prices),
        lost_(config.billing.lost == LostAnswer::input ? LostCharge::input : LostCharge::none) {}

  Result<RepriceReport> run(const RowFilter& filter) {
    // Corrections have the time of what they correct, so the same filter finds them.
    TG_TRY_VOID(queries_.rows(filter, [&](const LedgerRow& row) {
      if (row.origin == RowOrigin::correction) corrected_before_[row.corrects] += row.cost;
      return true;
    }));
    TG_TRY_VOID(queries_.calls(filter, [&](const LedgerQueries::Call& call) { return look_at(call); }));
    TG_TRY_VOID(write());
    return std::move(report_);
  }

 private:
  Result<bool> look_at(const LedgerQueries::Call& call) {
    if (call.row.origin == RowOrigin::correction) return true;
    ++report_.rows;
    Repriced now = reprice(call.row, call.attempts, lost_, [&](const UsedModel& used) { return prices_.price(used); });
    if (now.unpriced) {
      ++report_.unpriced;
      return true;
    }
    Money before = call.row.cost;
    if (auto found = corrected_before_.find(call.row.id); found != corrected_before_.end()) before += found->second;
    if (now.cost == before) return true;
    count(call.row, before, now.cost);
    if (adder_ == nullptr) return true;
    WallTime at = SystemClock().wall();
    added_.corrections.push_back(correction_of(call, now.cost - before, now.price_id, ids_.next(at, crypto::random_u64()), at));
    if (added_.size() == rows_at_once) TG_TRY_VOID(write());
    return true;
  }

  void count(const LedgerRow& row, Money before, Money after) {
    ++report_.corrected;
    report_.difference += after - before;
    ModelChange& change = report_.models[{row.provider, row.model}];
    ++change.corrected;
    change.before += before;
    change.after += after;
  }

  Result<void> write() {
    if (added_.size() == 0) return {};
    TG_TRY_VOID(adder_->add(added_));
    added_ = {};
    return {};
  }

  LedgerQueries queries_;
  LedgerAdder* adder_;  // null: nothing is written
  const PastPrices& prices_;
  LostCharge lost_;
  RequestIdSource ids_{first_added_writer};
  std::unordered_map<RequestId, Money, IdHash> corrected_before_;
  AddedRows added_;
  RepriceReport report_;
};

std::string report_json(const RepriceReport& report, bool dry_run) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("dry_run", dry_run).member("rows", report.rows).member("corrected", report.corrected);
  out.member("unpriced", report.unpriced).member("difference_nano_usd", report.difference.nano_usd);
  out.key("models").begin_array();
  for (const auto& [name, change] : report.models) {
    out.begin_object().member("provider", name.first).member("model", name.second).member("corrected", change.corrected);
    out.member("before_nano_usd", change.before.nano_usd).member("after_nano_usd", change.after.nano_usd);
    out.member("difference_nano_usd", (change.after - change.before).nano_usd).end_object();
  }
  out.end_array().end_object();
  return text += '\n';
}

std::string report_text(const RepriceReport& report, bool dry_run) {
  std::string text;
  if (!report.models.empty()) {
    constexpr Align right = Align::right;
    Table table({{"PROVIDER"}, {"MODEL"}, {"ROWS", right}, {"BEFORE_USD", right}, {"AFTER_USD", right}, {"DIFFERENCE_USD", right}});
    for (const auto& [name, change] : report.models)
      table.add({name.first, name.second, fmt::format("{}", change.corrected), format_usd(change.before), format_usd(change.after),
                 format_usd(change.after - change.before)});
    text = table.text();
  }
  text += fmt::format("{} rows, {} {}, {} without a price, difference {} USD\n", report.rows, report.corrected,
                      dry_run ? "would be corrected" : "corrected", report.unpriced, format_usd(report.difference));
  return text;
}

Result<RowFilter> filter_of(const CommandLine& line) {
  if (!line.has("config")) return fail(Fault::invalid_request, "say --config FILE, whose prices are meant", "config");
  if (!line.has("from")) return fail(Fault::invalid_request, "say --from T, where the past begins", "from");
  return row_filter_of(line);
}

Result<RepriceReport> repriced(const DataChoice& choice, const RowFilter& filter, bool dry_run) {
  TG_TRY(prices, PastPrices::of(*choice.config));
  Progress progress("pricing the ledger anew");
  TG_TRY(places, find_ledger(choice.path));
  if (!places) return RepriceReport{};
  if (dry_run) {
    TG_TRY(files, open_ledger(choice, SystemClock().wall()));
    if (!files) return RepriceReport{};
    return Repricing(files->queries(), nullptr, *choice.config, prices).run(filter);
  }
  TG_TRY(adder, LedgerAdder::open(choice));
  return Repricing(adder.queries(), &adder, *choice.config, prices).run(filter);
}

}  // namespace

int ledger_reprice(std::span<const std::string> words) {
  CommandLine line;
  constexpr auto value = Option::value, flag = Option::flag;
  auto bad = line.read(words, {data_option, config_option, {"from", value}, {"to", value}, {"dry-run", flag}, {"json", flag}});
  if (bad) return misuse(ledger_command, *bad);
  if (!line.rest().empty()) return misuse(ledger_command, fmt::format("it takes no such word: {}", line.rest().front()));
  auto filter = filter_of(line);
  if (!filter) return refused(ledger_command, filter.error());
  auto choice = choose_existing_data(line);
  if (!choice) return refused(ledger_command, choice.error());
  bool dry_run = line.has("dry-run");
  auto report = repriced(*choice, *filter, true);
  if (report && report->corrected > 0 && !dry_run) {
    std::string object = fmt::format("{} to {}", *line.value("from"), line.value("to").value_or("now"));
    LeftChange change(*choice, ledger_command, "ledger.reprice", object);
    auto told = change.tell({}, fmt::format("{} corrections, {} nano-USD", report->corrected, report->difference.nano_usd));
    if (!told) return refused(ledger_command, told.error());
    report = change.ended(repriced(*choice, *filter, false));
  }
  if (!report) return refused(ledger_command, report.error());
  write_out(line.has("json") ? report_json(*report, dry_run) : report_text(*report, dry_run));
  return finish_output(exit_yes);
}

}  // namespace tollgate
