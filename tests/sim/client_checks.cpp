// What clients and providers saw, against the rows.

#include <fmt/format.h>

#include <algorithm>

#include "sim/checker.h"

namespace tollgate::sim {
namespace {

// Beside the request's own time: sending, the network, and an answer that waits for its row to be durable.
constexpr Duration slack = seconds(8);
constexpr Duration goodbye_heard_within = milliseconds(500);
constexpr std::string_view recovered = "crash_recovered";
constexpr std::string_view unavailable = "unavailable";
constexpr std::string_view lost_name_text = "(lost)";  // of a row that no sync reached, behind a power cut
constexpr int allowed_statuses[] = {400, 401, 403, 404, 408, 413, 429, 502, 503, 504};

std::string mark_of(const RequestRow& row) {
  for (const auto& [name, value] : row.attribution.tags)
    if (name == mark_tag) return value;
  return {};
}

bool usage_agrees(const Usage& usage, const Told& told) {
  return usage.input.count == told.prompt - told.cached && usage.cache_read.count == told.cached &&
         usage.output.count == told.completion - told.reasoning && usage.reasoning.count == told.reasoning;
}

class ClientChecks {
 public:
  ClientChecks(const LedgerRows& rows, const Settings& settings, Story& story)
      : rows_(rows), settings_(settings), story_(story) {
    for (const auto& [id, row] : rows.requests) {
      std::string mark = mark_of(row);
      if (mark.empty()) continue;
      if (!by_mark_.emplace(mark, &row).second) story.fault(mark + " has two rows");
    }
    for (const ProviderCall& asked : story.providers) asked_[asked.mark].push_back(&asked);
  }

  void run() {
    for (const ClientCall& call : story_.clients) check(call);
    for (const auto& [mark, row] : by_mark_) {
      check_answer(mark, *row);
      check_duration(mark, *row);
    }
    for (const auto& [mark, asked] : asked_) check_asked(mark, asked);
  }

 private:
  template <class... Args>
  void expect(bool right, std::string_view mark, fmt::format_string<Args...> words, Args&&... args) {
    if (!right) story_.fault(fmt::format("{}: {}", mark, fmt::format(words, std::forward<Args>(args)...)));
  }

  void check(const ClientCall& call) {
    expect(call.ends == 1, call.mark, "has {} ends", call.ends);
    expect(!call.after_end, call.mark, "got something behind the end of its stream");
    expect(!call.done_mark || call.error_code.empty(), call.mark, "got an error and an end mark");
    expect(call.usage_asked || call.wanted != Wanted::stream || !call.usage, call.mark,
           "got a usage that it did not ask for");
    if (!excused(call)) expect(false, call.mark, "{} without a reason", to_string(call.end));
    check_time(call);
    check_row_of(call);
    if (call.end == CallEnd::refused)
      expect(std::ranges::find(allowed_statuses, call.status) != std::end(allowed_statuses), call.mark, "got status {}",
             call.status);
  }

  bool down_during(const ClientCall& call) const {
    return std::ranges::any_of(story_.outages, [&](const Outage& outage) {
      bool down =
          outage.kind == Outage::Kind::kill || outage.kind == Outage::Kind::power || outage.kind == Outage::Kind::stop;
      return down && outage.began <= call.ended && call.began <= outage.ended;
    });
  }

  bool excused(const ClientCall& call) const {
    switch (call.end) {
      case CallEnd::open: return false;
      case CallEnd::broken: return !call.brisk || (call.reused && call.status == 0) || down_during(call);
      case CallEnd::impatient:
      case CallEnd::no_connection: return down_during(call);
      case CallEnd::whole: return !call.odd;
      default: return true;
    }
  }

  void check_time(const ClientCall& call) {
    bool answered = call.end == CallEnd::whole || call.end == CallEnd::refused || call.end == CallEnd::error_event;
    if (!answered || !call.brisk) return;
    Duration limit = std::min(request_total, call.own_timeout.value_or(request_total)) + slack;
    expect(call.ended - call.sent <= limit, call.mark, "took {} ms", (call.ended - call.sent).count() / 1'000'000);
  }

  // Whether a power cut may have taken what this call left in the ledger.
  bool may_be_lost(const ClientCall& call) const {
    return std::ranges::any_of(story_.outages, [&](const Outage& outage) {
      return outage.kind == Outage::Kind::power && call.began <= outage.began;
    });
  }

  // Whether an answer may have gone out although its row could not be made durable: an error's may.
  bool unsure_disk(const ClientCall& call) const {
    return story_.slow_disk || std::ranges::any_of(story_.outages, [&](const Outage& outage) {
             return outage.kind == Outage::Kind::disk_failed && outage.began <= call.ended &&
                    call.began <= outage.ended;
           });
  }

  // Whether what the client was told must stand in the ledger now, also after crashes.
  bool must_stand(const ClientCall& call) const {
    if (!may_be_lost(call))
      return call.end == CallEnd::whole || call.end == CallEnd::error_event || call.attempts > 0 ||
             (call.end == CallEnd::refused && call.attempts == 0 && call.error_code != unavailable);
    if (settings_.config.ledger.durability == Durability::process) return false;
    bool content = call.status == 200 && (call.end == CallEnd::whole || !call.text.empty());
    return content || (call.end == CallEnd::refused && call.attempts > 0 && !unsure_disk(call));
  }

  const RequestRow* row_of(const ClientCall& call) const {
    auto id = parse_request_id(call.request_id);
    auto row = id ? rows_.requests.find(*id) : rows_.requests.end();
    return row == rows_.requests.end() ? nullptr : &row->second;
  }

  void check_row_of(const ClientCall& call) {
    const RequestRow* row = row_of(call);
    bool must = must_stand(call);
    if (row == nullptr) return expect(!must, call.mark, "{} and has no row", to_string(call.end));
    if (!must && (row->error_code == recovered || row->key == lost_name_text)) return;
    std::string mark = mark_of(*row);
    expect(mark.empty() || mark == call.mark, call.mark, "has the row of {}", mark);
    expect(row->key == call.key, call.mark, "is a row of {}", row->key);
    if (call.error_code == unavailable) return;  // the row could not be kept, or not in time
    bool failed = row->status == RowStatus::refused || row->status == RowStatus::failed;
    if (call.end == CallEnd::refused)
      expect(failed, call.mark, "was refused and its row is {}", to_string(row->status));
    if (call.end == CallEnd::error_event)
      expect(row->status == RowStatus::incomplete, call.mark, "ended in error and its row is {}",
             to_string(row->status));
    if (call.end == CallEnd::whole) check_whole(call, *row);
  }

  void check_whole(const ClientCall& call, const RequestRow& row) {
    expect(row.status == RowStatus::ok, call.mark, "is whole and its row is {}", to_string(row.status));
    expect(row.attempts == call.attempts, call.mark, "was told {} attempts of {}", call.attempts, row.attempts);
    bool cost_told = call.wanted != Wanted::stream;
    expect(!cost_told || call.cost == format_usd(row.cost), call.mark, "was told a cost of {}, not {}", call.cost,
           format_usd(row.cost));
    bool text_known = std::ranges::any_of(asked_[call.mark], [&](const ProviderCall* asked) {
      return asked->provider == row.provider && (asked->spoiled || asked->text == call.text);
    });
    expect(text_known, call.mark, "got a text that its provider did not write: {}", call.text);
    if (call.usage) expect(usage_agrees(row.usage, *call.usage), call.mark, "read another usage than its row has");
  }

  // Also of a call whose client has long left without a word: then writing to it may take its time too.
  void check_duration(const std::string& mark, const RequestRow& row) {
    auto call = std::ranges::find(story_.clients, mark, &ClientCall::mark);
    if (call == story_.clients.end() || !call->brisk) return;
    Duration lasted = row.finished_at - row.at;
    if (call->end == CallEnd::hung_up && call->told_goodbye) {
      Duration after = row.finished_at - story_.wall_of(call->ended);
      expect(after <= goodbye_heard_within, mark, "was gone for {} ms when its row was written",
             after.count() / 1'000'000);
    }
    expect(lasted <= request_total + write_timeout + slack, mark, "has a row that lasted {} ms",
           lasted.count() / 1'000'000);
  }

  // A row that is ok has the usage that its provider told, or an estimate where none was told.
  void check_answer(const std::string& mark, const RequestRow& row) {
    if (row.status != RowStatus::ok) return;
    bool agrees = std::ranges::any_of(asked_[mark], [&](const ProviderCall* asked) {
      if (asked->provider != row.provider) return false;
      if (asked->spoiled) return true;
      if (row.usage_source == UsageSource::provider) return asked->told && usage_agrees(row.usage, *asked->told);
      auto estimate = static_cast<std::int64_t>((asked->text.size() + 3) / 4);
      return (!asked->told || !asked->whole) && row.usage.output.count == estimate;
    });
    expect(agrees, mark, "has a usage that no provider told");
  }

  // What was sent upstream has an attempt; only a connection that died while it was kept is asked again without one.
  void check_asked(const std::string& mark, const std::vector<const ProviderCall*>& asked) {
    auto again =
        std::ranges::count_if(asked, [](const ProviderCall* one) { return one->reused && one->may_be_unheard; });
    auto row = by_mark_.find(mark);
    auto call = std::ranges::find(story_.clients, mark, &ClientCall::mark);
    if (call == story_.clients.end()) return expect(false, mark, "was asked of a provider and by no client");
    expect(!call->odd, mark, "was asked of a provider and should have been refused");
    if (may_be_lost(*call)) return;
    if (row == by_mark_.end()) return expect(false, mark, "was asked of a provider and has no row");
    auto attempts = static_cast<std::ptrdiff_t>(row->second->attempts);
    expect(std::ssize(asked) - again <= attempts, mark, "was asked of providers {} times in {} attempts", asked.size(),
           attempts);
  }

  const LedgerRows& rows_;
  const Settings& settings_;
  Story& story_;
  std::map<std::string, const RequestRow*> by_mark_;
  std::map<std::string, std::vector<const ProviderCall*>> asked_;
};

}  // namespace

void check_clients(const LedgerRows& rows, const Settings& settings, Story& story) {
  ClientChecks(rows, settings, story).run();
}

}  // namespace tollgate::sim
