#include "storage/sqlite/rollups.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tollgate {
namespace {

// Another number for other tables, columns or meanings: they are then made and filled anew.
constexpr std::int64_t rollup_version = 2;

std::span<const std::string_view> names_in(const RollupTable& table) {
  return std::span(rollup_names).subspan(table.persons ? 0 : rollup_person_names);
}

std::string key_columns(const RollupTable& table) { return fmt::format("hour, {}", fmt::join(names_in(table), ", ")); }

std::string number_columns() {
  return fmt::format("{}, {}", fmt::join(rollup_counts, ", "), fmt::join(summed_columns, ", "));
}

std::string create_sql(const RollupTable& table) {
  std::string columns;
  for (auto part : {std::span<const std::string_view>(names_in(table)), std::span<const std::string_view>(rollup_counts),
                    std::span<const std::string_view>(summed_columns)})
    for (auto column : part) columns += fmt::format("{} INTEGER NOT NULL, ", column);
  return fmt::format("DROP TABLE IF EXISTS {0}; CREATE TABLE {0} (hour INTEGER NOT NULL, {1}PRIMARY KEY ({2})) WITHOUT ROWID;",
                     table.name, columns, key_columns(table));
}

std::string add_sql(const RollupTable& table) {
  std::string marks = "?", changes;
  for (std::size_t i = 0; i < names_in(table).size() + std::tuple_size_v<SumNumbers>; ++i) marks += ",?";
  // A sum that leaves the range of whole numbers would become a floating one; the cast keeps it at the end of the range.
  auto change = [&](std::string_view column) {
    changes += fmt::format("{}{} = CAST({} + excluded.{} AS INTEGER)", changes.empty() ? "" : ", ", column, column, column);
  };
  for (auto column : rollup_counts) change(column);
  for (auto column : summed_columns) change(column);
  return fmt::format("INSERT INTO {} ({}, {}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}", table.name,
                     key_columns(table), number_columns(), marks, key_columns(table), changes);
}

std::string drop_empty_sql(const RollupTable& table) {
  std::string same = "hour = ?1";
  int next = 2;
  for (auto name : names_in(table)) same += fmt::format(" AND {} = ?{}", name, next++);
  return fmt::format("DELETE FROM {} WHERE {} AND row_count = 0", table.name, same);
}

Result<bool> there(Database& database) {
  TG_TRY(count, database.ask("SELECT COUNT(*) FROM sqlite_master WHERE name = 'rollups'"));
  return count == 1;
}

// The tables, empty, with the mark before the first row.
std::string make_sql() {
  std::string sql = "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS rollups (version INTEGER NOT NULL, id_high INTEGER NOT NULL, id_low INTEGER NOT NULL);";
  for (const auto& table : rollup_tables) sql += create_sql(table);
  constexpr std::string_view before_all = "-9223372036854775807 - 1";
  return sql + fmt::format("DELETE FROM rollups; INSERT INTO rollups VALUES ({}, {}, {}); COMMIT;", rollup_version, before_all, before_all);
}

Result<void> run_all(Statement& statement, std::span<const std::int64_t> values) {
  statement.bind(values);
  TG_TRY_VOID(statement.step());
  return {};
}

}  // namespace

Result<Rollups> Rollups::open(Database& database) {
  Rollups rollups(database);
  TG_TRY_VOID(rollups.prepare());
  return rollups;
}

Result<void> Rollups::prepare() {
  TG_TRY(made, there(*database_));
  std::int64_t version = 0;
  if (made) {
    TG_TRY(stored, database_->ask("SELECT version FROM rollups"));
    version = stored;
  }
  if (version != rollup_version) {
    auto making = database_->run(make_sql().c_str());
    if (!making) {
      std::ignore = database_->run("ROLLBACK");
      return making;
    }
  }
  TG_TRY(high, database_->ask("SELECT id_high FROM rollups"));
  TG_TRY(low, database_->ask("SELECT id_low FROM rollups"));
  mark_ = {high, low};
  TG_TRY(count, database_->prepare(fmt::format("SELECT COUNT(*) FROM (SELECT 1 FROM requests WHERE (id_high, id_low) > (?1, ?2) LIMIT {})", max_counted)));
  const std::int64_t from[] = {mark_.high, mark_.low};
  count.bind(from);
  TG_TRY_VOID(count.step());
  waiting_ = count.integer(0);
  for (const auto& shape : rollup_tables) {
    TG_TRY(add_line, database_->prepare(add_sql(shape)));
    TG_TRY(drop_empty, database_->prepare(drop_empty_sql(shape)));
    tables_.push_back({shape, std::move(add_line), std::move(drop_empty)});
  }
  return {};
}

void Rollups::row_came(const RequestRecord& record) {
  if (view_order(record.id) <= mark_)
    count(record, numbers_of(record));
  else
    ++waiting_;
}

void Rollups::row_leaves(const RequestRecord& record) {
  if (view_order(record.id) <= mark_) count(record, negative(numbers_of(record)));
}

bool Rollups::is_finest(std::size_t table) const {
  return table == 0 || tables_[table - 1].shape.persons != tables_[table].shape.persons;
}

// In the finest tables; the others follow from them.
void Rollups::count(const RequestRecord& record, const SumNumbers& numbers) {
  RollupNames names = names_of(record);
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (!is_finest(i)) continue;
    Table& table = tables_[i];
    Key key{begin_hour(table.shape.step, record.at_ns)};
    std::size_t first = table.shape.persons ? 0 : rollup_person_names;
    std::copy(names.begin() + static_cast<std::ptrdiff_t>(first), names.end(), key.begin() + 1 + static_cast<std::ptrdiff_t>(first));
    add(table.pending[key], numbers);
  }
}

// Each table that is not a finest one sums the lines of the table before it.
void Rollups::sum_up_pending() {
  for (std::size_t i = 1; i < tables_.size(); ++i) {
    if (is_finest(i)) continue;
    Table& table = tables_[i];
    for (const auto& [line, numbers] : tables_[i - 1].pending) {
      Key key = line;
      key[0] = begin_hour(table.shape.step, line[0] * ns_per_hour);
      add(table.pending[key], numbers);
    }
  }
}

Result<void> Rollups::write() {
  sum_up_pending();
  for (auto& table : tables_) TG_TRY_VOID(write(table));
  return {};
}

Result<void> Rollups::write(Table& table) {
  std::size_t names = names_in(table.shape).size();
  std::array<std::int64_t, std::tuple_size_v<Key> + std::tuple_size_v<SumNumbers>> values;
  for (const auto& [key, numbers] : table.pending) {
    values[0] = key[0];
    auto next = std::copy(key.end() - static_cast<std::ptrdiff_t>(names), key.end(), values.begin() + 1);
    next = std::copy(numbers.begin(), numbers.end(), next);
    auto all = std::span(values).first(1 + names + numbers.size());
    TG_TRY_VOID(run_all(table.add, all));
    if (numbers[0] < 0) TG_TRY_VOID(run_all(table.drop_empty, all.first(1 + names)));
  }
  table.pending.clear();
  return {};
}

// What waits is then counted too high, until a fill finds the end.
void Rollups::forget() {
  for (auto& table : tables_) table.pending.clear();
}

Result<void> Rollups::fill(std::int64_t max_rows) {
  ViewOrder before = mark_;
  TG_TRY_VOID(database_->run("BEGIN IMMEDIATE"));
  auto filled = fill_some(max_rows);
  if (filled) filled = database_->run("COMMIT");
  if (filled) return {};
  std::ignore = database_->run("ROLLBACK");
  forget();
  mark_ = before;
  return filled;
}

Result<void> Rollups::fill_some(std::int64_t max_rows) {
  TG_TRY(rows, database_->prepare(fmt::format(
                   "SELECT {} FROM requests WHERE (id_high, id_low) > (?1, ?2) ORDER BY id_high, id_low LIMIT ?3",
                   fmt::join(request_columns, ","))));
  const std::int64_t from[] = {mark_.high, mark_.low, max_rows};
  rows.bind(from);
  std::int64_t count = 0;
  for (;; ++count) {
    TG_TRY(row, rows.step());
    if (!row) break;
    RequestRecord record = request_in(rows);
    mark_ = view_order(record.id);
    row_came(record);
  }
  waiting_ = count < max_rows ? 0 : std::max<std::int64_t>(waiting_ - count, 1);
  TG_TRY_VOID(write());
  TG_TRY(move, database_->prepare("UPDATE rollups SET id_high = ?1, id_low = ?2"));
  const std::int64_t to[] = {mark_.high, mark_.low};
  return run_all(move, to);
}

Result<std::optional<ViewOrder>> rollups_mark(Database& database) {
  TG_TRY(made, there(database));
  if (!made) return std::nullopt;
  TG_TRY(rows, database.prepare("SELECT version, id_high, id_low FROM rollups"));
  TG_TRY(row, rows.step());
  if (!row || rows.integer(0) != rollup_version) return std::nullopt;
  return ViewOrder{rows.integer(1), rows.integer(2)};
}

}  // namespace tollgate
