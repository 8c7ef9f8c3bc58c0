#include "storage/sqlite/queries.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/journal/reader.h"
#include "storage/journal/rows.h"

namespace tollgate {
namespace {

constexpr int busy_ms = 5'000;

template <std::size_t count>
std::array<std::int64_t, count> row_values(const Statement& statement) {
  std::array<std::int64_t, count> values;
  for (std::size_t i = 0; i < count; ++i) values[i] = statement.integer(static_cast<int>(i));
  return values;
}

bool missing(const std::filesystem::path& file) {
  std::error_code ignored;
  return !std::filesystem::exists(file, ignored);
}

// The view's connection in a transaction; none when there is no view or it is no database: the journal then says all it
// knows.
Result<std::optional<Database>> open_view(const std::filesystem::path& file) {
  if (file.empty() || missing(file)) return std::optional<Database>();
  auto database = Database::open(file, Database::Mode::read, busy_ms);
  auto begun = database ? read_as_newest(*database) : std::unexpected(database.error());
  if (begun) begun = database->run("BEGIN; SELECT count(*) FROM positions");
  if (begun) return std::optional(std::move(*database));
  if (begun.error().code == database_busy) return std::unexpected(begun.error());
  return std::optional<Database>();
}

// Rows of the view and of the tail, merged by id in either direction; no id is in both.
class Merge {
 public:
  Merge(Statement* view, const std::vector<RequestRecord>& tail, const LedgerQueries::Match& match)
      : view_(view), tail_(tail), match_(match), newest_first_(match.filter.order == RowOrder::newest_first) {}

  // Empty at the end.
  Result<std::optional<RequestRecord>> next() {
    if (!asked_view_) TG_TRY_VOID(ask_view());
    skip_tail();
    bool from_tail = at_ < tail_.size() && (!from_view_ || before(tail_row(), *from_view_));
    if (from_tail) {
      const RequestRecord& row = tail_row();
      ++at_;
      return std::optional(row);
    }
    asked_view_ = false;
    return std::exchange(from_view_, std::nullopt);
  }

 private:
  const RequestRecord& tail_row() const { return newest_first_ ? tail_[tail_.size() - 1 - at_] : tail_[at_]; }
  void skip_tail() {
    while (at_ < tail_.size() && !match_.fits(tail_row())) ++at_;
  }
  bool before(const RequestRecord& a, const RequestRecord& b) const {
    return newest_first_ ? view_order(a.id) > view_order(b.id) : view_order(a.id) < view_order(b.id);
  }
  Result<void> ask_view() {
    asked_view_ = true;
    if (view_ == nullptr) return {};
    TG_TRY(row, view_->step());
    if (row)
      from_view_ = request_of(row_values<std::tuple_size_v<RequestValues>>(*view_));
    else
      view_ = nullptr;
    return {};
  }

  Statement* view_;
  const std::vector<RequestRecord>& tail_;
  const LedgerQueries::Match& match_;
  bool newest_first_;
  std::size_t at_ = 0;
  bool asked_view_ = false;
  std::optional<RequestRecord> from_view_;
};

// Calls `visit` with each row that matches, in order, until it says no.
Result<void> each_request(LedgerQueries::Moment& moment, const LedgerQueries::Match& match,
                          const std::function<Result<bool>(const RequestRecord&)>& visit) {
  if (match.nothing) return {};
  std::optional<Statement> rows;
  if (moment.view) {
    bool newest = match.filter.order == RowOrder::newest_first;
    TG_TRY(statement, moment.view->prepare(fmt::format("SELECT {} FROM requests{} ORDER BY id_high {}, id_low {}",
                                                       fmt::join(request_columns, ","), match.where(),
                                                       newest ? "DESC" : "ASC", newest ? "DESC" : "ASC")));
    rows = std::move(statement);
  }
  Merge merge(rows ? &*rows : nullptr, moment.tail.requests, match);
  for (std::uint64_t count = 0; count < match.filter.limit; ++count) {
    TG_TRY(row, merge.next());
    if (!row) break;
    TG_TRY(go_on, visit(*row));
    if (!go_on) break;
  }
  return {};
}

Result<void> add_from_view(LedgerQueries::Moment& moment, RequestId id, std::vector<AttemptRecord>& attempts) {
  if (!moment.attempts_in_view) {
    TG_TRY(statement,
           moment.view->prepare(fmt::format("SELECT {} FROM attempts WHERE id_high = ?1 AND id_low = ?2 ORDER BY n",
                                            fmt::join(attempt_columns, ","))));
    moment.attempts_in_view = std::move(statement);
  }
  const std::int64_t values[] = {view_order(id).high, view_order(id).low};
  moment.attempts_in_view->bind(values);
  for (;;) {
    TG_TRY(row, moment.attempts_in_view->step());
    if (!row) return {};
    attempts.push_back(attempt_of(row_values<std::tuple_size_v<AttemptValues>>(*moment.attempts_in_view)));
  }
}

Result<std::vector<AttemptRecord>> attempts_of(LedgerQueries::Moment& moment, RequestId id) {
  std::vector<AttemptRecord> attempts;
  if (moment.view) TG_TRY_VOID(add_from_view(moment, id, attempts));
  auto key = [](const AttemptRecord& record) { return view_order(record.id); };
  for (const auto& record : std::ranges::equal_range(moment.tail.attempts, view_order(id), {}, key))
    attempts.push_back(record);
  return attempts;
}

}  // namespace

// A running gateway may retire a segment between the look at the folder and the look into the file: then once more.
Result<ViewBatch> LedgerQueries::read_tail(const JournalPositions& from) {
  constexpr int tries = 3;
  for (int i = 1;; ++i) {
    ViewBatch tail;
    JournalPositions positions = from;
    auto read =
        read_journal(disk_, positions, nullptr, UINT64_MAX, [&](const JournalRecord& record) { tail.add(record); });
    if (read) return tail;
    if (i == tries) return std::unexpected(read.error());
  }
}

Result<LedgerQueries::Moment> LedgerQueries::moment() {
  Moment moment;
  TG_TRY(view, open_view(view_));
  moment.view = std::move(view);
  if (moment.view && longest_) moment.view->give_up_after(*longest_);
  JournalPositions positions;
  if (moment.view) {
    TG_TRY(stored, read_positions(*moment.view));
    positions = std::move(stored);
  }
  TG_TRY(tail, read_tail(positions));
  moment.tail = std::move(tail);
  std::ranges::sort(moment.tail.requests, {}, [](const RequestRecord& record) { return view_order(record.id); });
  std::ranges::sort(moment.tail.attempts, {}, [](const AttemptRecord& r) { return std::pair(view_order(r.id), r.n); });
  TG_TRY_VOID(names_.refresh());
  return moment;
}

LedgerQueries::Match LedgerQueries::match(const RowFilter& filter) const {
  Match match{.filter = filter, .key = {}, .team = {}, .users = {}};
  if (!filter.key.empty()) match.key = names_.find_word(filter.key);
  if (!filter.team.empty()) match.team = names_.find_word(filter.team);
  if (!filter.user.empty()) match.users = names_.persons_named(filter.user);
  match.nothing = (!filter.key.empty() && !match.key) || (!filter.team.empty() && !match.team) ||
                  (!filter.user.empty() && match.users.empty());
  return match;
}

bool LedgerQueries::Match::fits(const RequestRecord& record) const {
  return record.at_ns >= filter.from.ns && record.at_ns < filter.to.ns && (!key || record.key == *key) &&
         (!team || record.team == *team) && (users.empty() || std::ranges::find(users, record.user) != users.end()) &&
         (!filter.before || view_order(record.id) < view_order(*filter.before));
}

std::string LedgerQueries::Match::where() const {
  std::string sql = fmt::format(" WHERE at_ns >= {} AND at_ns < {}", filter.from.ns, filter.to.ns) + and_names();
  if (filter.before)
    sql += fmt::format(" AND (id_high, id_low) < ({}, {})", view_order(*filter.before).high,
                       view_order(*filter.before).low);
  return sql;
}

std::string LedgerQueries::Match::and_names() const {
  std::string sql;
  if (key) sql += fmt::format(" AND key = {}", *key);
  if (team) sql += fmt::format(" AND team = {}", *team);
  std::vector<std::int64_t> persons(users.begin(), users.end());
  if (!persons.empty()) sql += fmt::format(" AND user IN ({})", fmt::join(persons, ","));
  return sql;
}

// Rows that were told cannot be taken back: after the first one an error stays an error.
Result<void> LedgerQueries::each(const RowFilter& filter, const Visit& visit) {
  bool told = false;
  return with_or_without_view([&]() -> Result<void> {
    TG_TRY(now, moment());
    auto asked = each_request(now, match(filter), [&](const RequestRecord& record) {
      told = true;
      return visit(now, record);
    });
    if (!asked && told) asked.error().code.clear();
    return asked;
  });
}

Result<void> LedgerQueries::rows(const RowFilter& filter, const std::function<bool(const LedgerRow&)>& visit) {
  return each(filter,
              [&](Moment&, const RequestRecord& record) -> Result<bool> { return visit(row_of(record, names_)); });
}

Result<void> LedgerQueries::calls(const RowFilter& filter, const std::function<Result<bool>(const Call&)>& visit) {
  return each(filter, [&](Moment& now, const RequestRecord& record) -> Result<bool> {
    Call call{.record = record, .row = row_of(record, names_), .attempts = {}};
    TG_TRY(records, attempts_of(now, record.id));
    for (const auto& attempt : records) call.attempts.push_back(row_of(attempt, names_));
    return visit(call);
  });
}

Result<void> LedgerQueries::attempts(const RowFilter& filter, const std::function<bool(const AttemptRow&)>& visit) {
  return each(filter, [&](Moment& now, const RequestRecord& record) -> Result<bool> {
    TG_TRY(records, attempts_of(now, record.id));
    for (const auto& attempt : records)
      if (!visit(row_of(attempt, names_))) return false;
    return true;
  });
}

Result<std::optional<LedgerQueries::Found>> LedgerQueries::find(RequestId id) {
  return with_or_without_view([&] { return find_once(id); });
}

Result<std::optional<LedgerQueries::Found>> LedgerQueries::find_once(RequestId id) {
  TG_TRY(now, moment());
  std::optional<Found> found;
  auto key = [](const RequestRecord& record) { return view_order(record.id); };
  auto in_tail = std::ranges::equal_range(now.tail.requests, view_order(id), {}, key);
  if (!in_tail.empty()) found = Found{row_of(in_tail.front(), names_), {}};
  if (!found && now.view) {
    TG_TRY(rows,
           now.view->prepare(fmt::format("SELECT {} FROM requests WHERE id_high = {} AND id_low = {}",
                                         fmt::join(request_columns, ","), view_order(id).high, view_order(id).low)));
    TG_TRY(row, rows.step());
    if (row) found = Found{row_of(request_of(row_values<std::tuple_size_v<RequestValues>>(rows)), names_), {}};
  }
  if (!found) return found;
  TG_TRY(records, attempts_of(now, id));
  for (const auto& record : records) found->attempts.push_back(row_of(record, names_));
  return found;
}

}  // namespace tollgate
