// Rows in themselves, against the counters, and against what the gateway's readers saw.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "limits/state.h"
#include "sim/checker.h"
#include "storage/journal/reader.h"
#include "storage/journal/rows.h"

namespace tollgate::sim {
namespace {

constexpr std::string_view recovered = "crash_recovered";
constexpr std::string_view lost_name_text = "(lost)";

bool answered(const AttemptRow& attempt) {
  return attempt.phase == AttemptPhase::stream || attempt.phase == AttemptPhase::done;
}

class RowCheck {
 public:
  RowCheck(const RequestRow& row, const std::vector<AttemptRow>& attempts, LostAnswer lost, Story& story)
      : row_(row), attempts_(attempts), lost_(lost), story_(story) {}

  void run() {
    check_attempts();
    for (const AttemptRow& attempt : attempts_) check_cost(attempt);
    expect(row_.cost == charge_by_hand(), "is charged {} and should be {}", row_.cost.nano_usd,
           charge_by_hand().nano_usd);
    // The row speaks of its last attempt, also when an earlier one is charged.
    bool charged_last = !attempts_.empty() && attempts_.back().cost.nano_usd != 0;
    expect(!charged_last || !row_.price_id.empty(), "has a cost and no price");
    expect(row_.finished_at >= row_.at, "ends before it begins");
    if (row_.status == RowStatus::refused) expect(attempts_.empty(), "is refused and has attempts");
    if (row_.status != RowStatus::ok) return;
    bool done =
        !attempts_.empty() && attempts_.back().phase == AttemptPhase::done && attempts_.back().error_class.empty();
    expect(done, "is ok and its last attempt is not done");
    expect(row_.http_status == 200 && row_.error_code.empty(), "is ok and tells an error");
  }

 private:
  template <class... Args>
  void expect(bool right, fmt::format_string<Args...> words, Args&&... args) {
    if (!right)
      story_.fault(fmt::format("row {} {}", to_string(row_.id), fmt::format(words, std::forward<Args>(args)...)));
  }

  void check_attempts() {
    expect(static_cast<int>(attempts_.size()) == row_.attempts, "says {} attempts and has {}", row_.attempts,
           attempts_.size());
    expect(row_.attempts <= attempts_most, "has {} attempts", row_.attempts);
    for (std::size_t i = 0; i < attempts_.size(); ++i) {
      expect(attempts_[i].n == static_cast<int>(i) + 1, "numbers its attempts wrongly");
      expect(!answered(attempts_[i]) || i + 1 == attempts_.size(), "was tried again after content");
    }
  }

  void check_cost(const AttemptRow& attempt) {
    if (attempt.model == lost_name_text) return;  // a power cut took the name, and nobody was told of the row
    const HandPrice* price = find_price(attempt.model);
    if (price == nullptr) return expect(false, "has an attempt at the unknown model {}", attempt.model);
    Money by_hand = attempt.price_id.empty() ? Money{} : cost_by_hand(*price, attempt.usage);
    // A crash charges the input at least, whatever the stream had told by then.
    bool right = attempt.error_class == recovered ? attempt.cost >= by_hand : attempt.cost == by_hand;
    expect(right, "has an attempt that costs {} and should cost {}", attempt.cost.nano_usd, by_hand.nano_usd);
  }

  // The rules of docs/decisions/attempts.md: the answer that reached the caller, else the dearest that was lost.
  Money charge_by_hand() const {
    Money dearest;
    for (const AttemptRow& attempt : attempts_) {
      if (answered(attempt)) return attempt.cost;
      dearest = std::max(dearest, attempt.cost);
    }
    return lost_ == LostAnswer::input || row_.error_code == recovered ? dearest : Money{};
  }

  const RequestRow& row_;
  const std::vector<AttemptRow>& attempts_;
  LostAnswer lost_;
  Story& story_;
};

// One counter: a limit, a value, and for calendar windows a period.
using CounterName = std::tuple<std::string, std::string, std::int64_t>;

struct Expected {
  Money used;
  WallTime forgotten_at;
};

std::map<CounterName, Expected> expected_counters(const LedgerRows& rows, const Policy& policy) {
  std::map<CounterName, Expected> expected;
  for (const auto& [id, row] : rows.requests) {
    const Attribution& who = row.attribution;
    Subject subject{row.key, who.team, who.user, who.feature, row.route, row.provider, &who.tags};
    for (const Limit* limit : policy.match(subject)) {
      const Window& window = limit->series->window();
      Period period = window.period_at(row.at);
      CounterName name{limit->name, CounterKey(subject, limit->each).text(), window.rolls() ? 0 : period.id};
      expected[name].used += row.cost;
      expected[name].forgotten_at = std::max(expected[name].forgotten_at, window.forgotten_at(period));
    }
  }
  return expected;
}

void check_totals(const LedgerRows& rows, const KeyTotals& totals, Story& story) {
  std::map<std::string, Money> costs;
  for (const auto& [id, row] : rows.requests) costs[row.key] += row.cost;
  for (const auto& [key, cost] : costs) {
    Money told = totals.of(key).value_or(KeyUse{}).cost;
    if (told != cost)
      story.fault(fmt::format("totals of {}: {} told, rows sum up to {}", key, told.nano_usd, cost.nano_usd));
  }
}

}  // namespace

LedgerRows read_rows(Disk& disk, ValueSealer& sealer, Story& story) {
  LedgerRows rows;
  auto names = Dictionary::open(disk, sealer, {.mode = Dictionary::Mode::read});
  if (!names) {
    story.fault("the names of the journal cannot be read: " + names.error().detail);
    return rows;
  }
  JournalPositions from;
  auto read = read_journal(disk, from, nullptr, UINT64_MAX, [&](const JournalRecord& record) {
    if (record.header.type == RecordType::request) {
      RequestRow row = row_of(record.as<RequestRecord>(), **names);
      if (!rows.requests.emplace(row.id, row).second) story.fault("row " + to_string(row.id) + " is there twice");
    } else if (record.header.type == RecordType::attempt) {
      AttemptRow row = row_of(record.as<AttemptRecord>(), **names);
      rows.attempts[row.request_id].push_back(row);
    }
  });
  if (!read) story.fault("the journal cannot be read: " + read.error().detail);
  return rows;
}

void check_rows(const LedgerRows& rows, const Settings& settings, Story& story) {
  static const std::vector<AttemptRow> none;
  for (const auto& [id, row] : rows.requests) {
    auto attempts = rows.attempts.find(id);
    RowCheck(row, attempts == rows.attempts.end() ? none : attempts->second, settings.config.billing.lost, story).run();
  }
  for (const auto& [id, attempts] : rows.attempts)
    if (!rows.requests.contains(id)) story.fault("attempts of " + to_string(id) + " belong to no row");
}

void check_counters(const LedgerRows& rows, const SimHouse& house, Story& story) {
  auto expected = expected_counters(rows, *house.snapshot().limits);
  house.counters().visit([&](Entry& entry) {
    bool rolls = entry.series->window().rolls();
    std::int64_t used = entry.counter.read(rolls ? entry.series->window().period_at(house.now()).id : 0).used;
    auto found = expected.find({entry.series->name(), entry.key, rolls ? 0 : entry.period.id});
    std::int64_t sum = found == expected.end() ? 0 : found->second.used.nano_usd;
    if (found != expected.end()) expected.erase(found);
    if (used != sum)
      story.fault(fmt::format("limit {}: counter says {}, rows sum up to {}", entry.series->name(), used, sum));
  });
  for (const auto& [name, rest] : expected)
    if (rest.used.nano_usd != 0 && rest.forgotten_at > house.opened_at())
      story.fault(fmt::format("limit {}: no counter, rows sum up to {}", std::get<0>(name), rest.used.nano_usd));
  check_totals(rows, house.totals(), story);
}

void check_recorded(const LedgerRows& rows, const std::vector<int>& lost_starts, Story& story) {
  std::set<RequestId> seen;
  for (const Recorded& recorded : story.recorded) {
    const RequestId& id = recorded.row.id;
    if (!seen.insert(id).second) story.fault(to_string(id) + " was recorded twice");
    bool may_be_lost = std::ranges::find(lost_starts, recorded.start) != lost_starts.end();
    auto row = rows.requests.find(id);
    if (row == rows.requests.end()) {
      if (!may_be_lost) story.fault(to_string(id) + " was recorded and has no row");
      continue;
    }
    bool same = row->second.cost == recorded.row.cost && row->second.status == recorded.row.status &&
                row->second.usage == recorded.row.usage && row->second.key == recorded.row.key;
    bool unsynced = row->second.error_code == recovered || row->second.key == lost_name_text;
    if (!same && !(may_be_lost && unsynced)) story.fault(to_string(id) + " differs from its record");
  }
  for (const auto& [id, row] : rows.requests)
    if (row.error_code != recovered && !seen.contains(id)) story.fault(to_string(id) + " has a row and no record");
}

}  // namespace tollgate::sim
