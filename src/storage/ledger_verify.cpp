#include "storage/ledger_verify.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "domain/record.h"
#include "storage/correction_check.h"
#include "storage/journal/checkpoint.h"
#include "storage/journal/reader.h"
#include "storage/sqlite/rollup_check.h"
#include "storage/sqlite/view.h"

namespace tollgate {
namespace {

constexpr int busy_ms = 5'000;

struct IdHash {
  std::size_t operator()(RequestId id) const { return (id.high * 0x9E3779B97F4A7C15) ^ id.low ^ (id.low >> 40); }
};

// The oldest minute that facts know of: everything since then is in them, older ones were dropped with age.
std::int64_t oldest_minute(const Facts& facts) {
  std::int64_t oldest = INT64_MAX;
  facts.each([&](const FactKey& key, const FactSums&) { oldest = std::min(oldest, key.minute); });
  return oldest;
}

FactSums total_since(const Facts& facts, std::int64_t minute) {
  FactSums sum;
  facts.each([&](const FactKey& key, const FactSums& more) {
    if (key.minute < minute) return;
    sum.requests += more.requests;
    sum.input_tokens += more.input_tokens;
    sum.output_tokens += more.output_tokens;
    sum.cost_nano_usd += more.cost_nano_usd;
  });
  return sum;
}

// Compares the journal's rows with the view's, those that the view claims to have read.
class ViewCheck {
 public:
  static Result<std::optional<ViewCheck>> open(const std::filesystem::path& file) {
    std::error_code ignored;
    if (file.empty() || !std::filesystem::exists(file, ignored)) return std::optional<ViewCheck>();
    ViewCheck check;
    TG_TRY(database, Database::open(file, Database::Mode::read, busy_ms));
    check.database_ = std::make_unique<Database>(std::move(database));
    TG_TRY(schema, check.database_->ask("PRAGMA user_version"));
    if (schema == 0) return std::optional<ViewCheck>();  // somebody is about to make it
    TG_TRY_VOID(read_as_newest(*check.database_));
    TG_TRY_VOID(check.database_->run("BEGIN"));
    TG_TRY(positions, read_positions(*check.database_));
    check.positions_ = std::move(positions);
    TG_TRY(row, check.database_->prepare(fmt::format("SELECT {} FROM requests WHERE id_high = ?1 AND id_low = ?2",
                                                     fmt::join(request_columns, ","))));
    TG_TRY(attempt,
           check.database_->prepare(fmt::format("SELECT {} FROM attempts WHERE id_high = ?1 AND id_low = ?2 AND n = ?3",
                                                fmt::join(attempt_columns, ","))));
    check.statements_.push_back(std::move(row));
    check.statements_.push_back(std::move(attempt));
    return std::optional(std::move(check));
  }

  bool has_read(const RecordHeader& header) const {
    auto position = positions_.find({header.epoch, header.writer});
    return position != positions_.end() && position->second >= header.sequence;
  }
  Result<bool> holds(const RequestRecord& record) { return holds(statements_[0], values_of(record), 2); }
  Result<bool> holds(const AttemptRecord& record) { return holds(statements_[1], values_of(record), 3); }
  Result<std::int64_t> rows() { return database_->ask("SELECT COUNT(*) FROM requests"); }
  const JournalPositions& positions() const { return positions_; }
  Result<std::optional<std::string>> wrong_rollup() { return tollgate::wrong_rollup(*database_); }

  // What SQLite itself says of its pages; "ok" when nothing.
  Result<std::string> page_check() {
    TG_TRY(check, database_->prepare("PRAGMA quick_check(1)"));
    TG_TRY(row, check.step());
    return row ? std::string(check.text(0)) : std::string();
  }

 private:
  template <class Values>
  static Result<bool> holds(Statement& statement, const Values& values, std::size_t key_columns) {
    statement.bind(std::span(values).first(key_columns));
    TG_TRY(row, statement.step());
    if (!row) return false;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (statement.integer(static_cast<int>(i)) != values[i]) return false;
    return true;
  }

  std::unique_ptr<Database> database_;
  std::vector<Statement> statements_;
  JournalPositions positions_;
};

class Verification {
 public:
  Verification(Disk& disk, WallTime keep_after) : disk_(disk), keep_after_(keep_after) {}

  Result<VerifyReport> run(const std::filesystem::path& view) {
    open_view(view);
    TG_TRY(checkpoint, load_checkpoint(disk_));
    auto streams = list_streams(disk_);
    if (!streams) {
      problem(streams.error().detail);
      return report_;
    }
    for (const auto& files : *streams) TG_TRY_VOID(read_stream(files, checkpoint));
    check_open_calls(*streams);
    check_repeated();
    TG_TRY_VOID(check_corrections());
    check_sums(std::move(checkpoint), *streams);
    TG_TRY_VOID(check_view_count(*streams));
    return report_;
  }

 private:
  void problem(std::string words) {
    if (report_.told.size() < max_problems_told) report_.told.push_back(std::move(words));
    ++report_.problems;
  }

  void open_view(const std::filesystem::path& file) {
    auto check = ViewCheck::open(file);
    if (!check) return problem(fmt::format("the view cannot be read: {}", check.error().detail));
    view_ = std::move(*check);
    if (!view_) return;
    auto pages = view_->page_check();
    if (!pages || *pages != "ok")
      problem(fmt::format("the view is damaged: {}", pages ? *pages : pages.error().detail));
  }

  Result<void> read_stream(const StreamFiles& files, const JournalState& checkpoint) {
    ++report_.streams;
    retired_ = retired_ || files.segments.front().number > 0;
    StreamCursor cursor(disk_, files, 0);
    for (;;) {
      TG_TRY(record, cursor.next());
      if (record != nullptr) {
        TG_TRY_VOID(look_at(*record));
        continue;
      }
      auto place = cursor.place();
      TG_TRY(damaged, cursor.missing_was_durable());
      if (!damaged) break;
      TG_TRY(again, cursor.next());  // a running gateway may have written it just now
      if (again != nullptr) {
        TG_TRY_VOID(look_at(*again));
        continue;
      }
      problem(fmt::format("{} at byte {}: a record that had been durable cannot be read", place.file, place.offset));
      break;
    }
    auto known = checkpoint.positions.find(files.stream);
    if (known != checkpoint.positions.end() && known->second > cursor.sequence())
      problem(fmt::format("{}: ends at record {}, but the checkpoint has seen {}", cursor.place().file,
                          cursor.sequence(), known->second));
    return {};
  }

  Result<void> look_at(const JournalRecord& record) {
    ++report_.records;
    state_.apply(record);
    if (record.header.type == RecordType::stop) stopped_.push_back({record.header.epoch, record.header.writer});
    if (record.header.type == RecordType::intent)
      stream_of_[record.as<IntentRecord>().id] = {record.header.epoch, record.header.writer};
    if (is_attempt(record.header.type)) return look_at(record.as<AttemptRecord>(), record.header);
    if (is_row(record.header.type)) return look_at(record.as<RequestRecord>(), record.header);
    return {};
  }

  Result<void> look_at(const AttemptRecord& attempt, const RecordHeader& header) {
    ++report_.attempts;
    if (!is_shadow(attempt)) attempts_[attempt.id].push_back(attempt);
    if (attempt.cost_nano_usd < 0)
      problem(fmt::format("{}: attempt {} costs less than nothing", to_string(attempt.id), attempt.n));
    if (!view_ || !view_->has_read(header) || attempt.started_at_ns < keep_after_.ns) return {};
    TG_TRY(same, view_->holds(attempt));
    if (!same)
      problem(fmt::format("{}: attempt {} is not in the view, or differs there", to_string(attempt.id), attempt.n));
    return {};
  }

  Result<void> look_at(const RequestRecord& request, const RecordHeader& header) {
    ids_.push_back(request.id);
    if (header.type == RecordType::correction) {
      ++report_.corrections;
      corrections_.add(request);
    } else {
      ++(header.type == RecordType::request ? report_.requests : report_.imports);
      stream_of_.erase(request.id);
      check_attempts(request, header.type);
      attempts_.erase(request.id);
    }
    if (!view_ || !view_->has_read(header) || request.at_ns < keep_after_.ns) return {};
    ++report_.view_rows;
    TG_TRY(same, view_->holds(request));
    if (!same) problem(fmt::format("{}: its row is not in the view, or differs there", to_string(request.id)));
    return {};
  }

  void check_attempts(const RequestRecord& request, RecordType type) {
    const auto& attempts = attempts_[request.id];
    if (attempts.empty() && type == RecordType::imported_request) return;
    if (attempts.empty() && retired_) return;  // they may have gone with an older segment
    if (attempts.size() != request.attempts)
      problem(fmt::format("{}: says {} attempts and has {}", to_string(request.id), request.attempts, attempts.size()));
    bool uncharged = std::ranges::none_of(attempts, answered) && request.cost_nano_usd == 0;
    if (request.cost_nano_usd != charged(attempts) && !uncharged)
      problem(fmt::format("{}: costs {} nano-USD, its attempts say {}", to_string(request.id), request.cost_nano_usd,
                          charged(attempts)));
  }

  void check_open_calls(const std::vector<StreamFiles>& streams) {
    std::uint32_t newest = streams.empty() ? 0 : streams.back().stream.epoch;
    report_.open_calls = stream_of_.size();
    for (const auto& [id, stream] : stream_of_) {
      bool ended = std::ranges::find(stopped_, stream) != stopped_.end() || stream.epoch < newest;
      if (ended)
        problem(fmt::format("{}: was dispatched in epoch {} and has no row, though that gateway ended", to_string(id),
                            stream.epoch));
    }
  }

  void check_repeated() {
    std::ranges::sort(ids_);
    for (std::size_t i = 1; i < ids_.size(); ++i)
      if (ids_[i] == ids_[i - 1]) problem(fmt::format("{}: has more than one row", to_string(ids_[i])));
  }

  Result<void> check_corrections() {
    if (corrections_.empty()) return {};
    JournalPositions all;
    TG_TRY_VOID(read_journal(disk_, all, nullptr, UINT64_MAX, [&](const JournalRecord& record) {
      if (is_row(record.header.type)) corrections_.meet(record.as<RequestRecord>());
    }));
    corrections_.each_fault(retired_, [&](std::string fault) { problem(std::move(fault)); });
    return {};
  }

  // The checkpoint, brought up to date with the tail, must say the same as all rows do.
  void check_sums(JournalState checkpoint, const std::vector<StreamFiles>& streams) {
    bool all_there = !retired_ && std::ranges::all_of(checkpoint.positions, [&](const auto& position) {
      return position.second == 0 || std::ranges::binary_search(streams, position.first, {}, &StreamFiles::stream);
    });
    if (!all_there || !report_.good()) return;
    auto more = read_journal(disk_, checkpoint.positions, nullptr, UINT64_MAX,
                             [&](const JournalRecord& r) { checkpoint.apply(r); });
    if (!more) return problem(more.error().detail);
    std::int64_t since = oldest_minute(checkpoint.facts);
    FactSums kept = total_since(checkpoint.facts, since), right = total_since(state_.facts, since);
    if (kept.cost_nano_usd < right.cost_nano_usd || kept.requests < right.requests ||
        kept.input_tokens < right.input_tokens || kept.output_tokens < right.output_tokens)
      problem(fmt::format("the checkpoint's sums ({} requests, {} nano-USD) are below those of the rows ({}, {})",
                          kept.requests, kept.cost_nano_usd, right.requests, right.cost_nano_usd));
  }

  Result<void> check_view_count(const std::vector<StreamFiles>& streams) {
    if (!view_) return {};
    TG_TRY(wrong, view_->wrong_rollup());
    if (wrong) problem(std::move(*wrong));
    for (const auto& [stream, sequence] : view_->positions())
      if (sequence > 0 && !std::ranges::binary_search(streams, stream, {}, &StreamFiles::stream)) return {};  // retired
    TG_TRY(rows, view_->rows());
    std::uint64_t in_journal = report_.requests + report_.corrections + report_.imports;
    if (!retired_ && static_cast<std::uint64_t>(rows) > in_journal)
      problem(fmt::format("the view has {} rows, the journal {}", rows, in_journal));
    return {};
  }

  Disk& disk_;
  WallTime keep_after_;
  VerifyReport report_;
  std::optional<ViewCheck> view_;
  JournalState state_;
  std::unordered_map<RequestId, std::vector<AttemptRecord>, IdHash> attempts_;  // of calls without a row so far
  std::unordered_map<RequestId, JournalStream, IdHash> stream_of_;              // of calls that have no row yet
  std::vector<JournalStream> stopped_;
  std::vector<RequestId> ids_;
  CorrectionCheck corrections_;
  bool retired_ = false;
};

}  // namespace

Result<VerifyReport> verify_ledger(Disk& disk, const std::filesystem::path& view, WallTime keep_after) {
  return Verification(disk, keep_after).run(view);
}

}  // namespace tollgate
