#include "storage/sqlite/view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tollgate {
namespace {

// 2: rows that were added afterwards, and roll-ups, stand beside those of calls.
constexpr std::int64_t schema = 2;
constexpr std::int64_t schema_before = 1;
enum : std::size_t { insert_request, insert_attempt, set_position };

std::string table(std::string_view name, std::span<const std::string_view> columns, std::string_view key) {
  return fmt::format("CREATE TABLE IF NOT EXISTS {} ({} INTEGER NOT NULL, PRIMARY KEY ({})) WITHOUT ROWID;", name,
                     fmt::join(columns, " INTEGER NOT NULL, "), key);
}

std::string insert(std::string_view name, std::span<const std::string_view> columns) {
  std::string marks = "?";
  for (std::size_t i = 1; i < columns.size(); ++i) marks += ",?";
  return fmt::format("INSERT OR IGNORE INTO {} ({}) VALUES ({})", name, fmt::join(columns, ","), marks);
}

std::string schema_sql() {
  return "BEGIN;" + table("requests", request_columns, "id_high, id_low") +
         table("attempts", attempt_columns, "id_high, id_low, n") +
         "CREATE INDEX IF NOT EXISTS requests_by_time ON requests (at_ns);"
         "CREATE TABLE IF NOT EXISTS positions (epoch INTEGER NOT NULL, writer INTEGER NOT NULL, sequence INTEGER NOT "
         "NULL,"
         " PRIMARY KEY (epoch, writer)) WITHOUT ROWID;" +
         fmt::format("PRAGMA user_version = {}; COMMIT;", schema);
}

// Rows whose segments are gone stand in the view alone: it is brought up to date, never thrown away for its age.
std::string upgrade_sql() {
  std::string sql = "BEGIN IMMEDIATE;";
  for (std::string_view column : added_columns)
    sql += fmt::format("ALTER TABLE requests ADD COLUMN {} INTEGER NOT NULL DEFAULT 0;", column);
  for (std::string_view column : added_attempt_columns)
    sql += fmt::format("ALTER TABLE attempts ADD COLUMN {} INTEGER NOT NULL DEFAULT 0;", column);
  return sql + fmt::format("PRAGMA user_version = {}; COMMIT;", schema);
}

Result<void> run_all(Statement& statement, std::span<const std::int64_t> values) {
  statement.bind(values);
  TG_TRY_VOID(statement.step());
  return {};
}

}  // namespace

void ViewBatch::add(const JournalRecord& record) {
  if (is_row(record.header.type)) requests.push_back(record.as<RequestRecord>());
  if (is_attempt(record.header.type)) attempts.push_back(record.as<AttemptRecord>());
}

Result<std::unique_ptr<View>> View::open(const std::filesystem::path& file) {
  TG_TRY(database, Database::open(file, Database::Mode::write, 0));
  std::unique_ptr<View> view(new View(std::move(database)));
  TG_TRY_VOID(view->prepare());
  return view;
}

Result<void> View::prepare() {
  TG_TRY_VOID(
      database_.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;"
                    "PRAGMA cache_size = -8000; PRAGMA journal_size_limit = 67108864;"));
  TG_TRY(version, database_.ask("PRAGMA user_version"));
  if (version == schema_before) {
    TG_TRY_VOID(database_.run(upgrade_sql().c_str()));
    version = schema;
  }
  if (version != 0 && version != schema)
    return fail(Error{.fault = Fault::unavailable,
                      .detail = "the ledger's view has another schema",
                      .code = std::string(database_damaged)});
  if (version == 0) TG_TRY_VOID(database_.run(schema_sql().c_str()));
  TG_TRY(rollups, Rollups::open(database_));
  rollups_.emplace(std::move(rollups));
  for (const auto& sql : {insert("requests", request_columns), insert("attempts", attempt_columns),
                          std::string("INSERT OR REPLACE INTO positions VALUES (?,?,?)")}) {
    TG_TRY(statement, database_.prepare(sql));
    statements_.push_back(std::move(statement));
  }
  TG_TRY(positions, read_positions(database_));
  positions_ = std::move(positions);
  return {};
}

Result<void> View::write(const ViewBatch& batch, const JournalPositions& positions) {
  TG_TRY_VOID(database_.run("BEGIN IMMEDIATE"));
  auto written = write_rows(batch, positions);
  if (written) written = database_.run("COMMIT");
  if (!written) {
    std::ignore = database_.run("ROLLBACK");
    rollups_->forget();
    return written;
  }
  positions_ = positions;
  return {};
}

Result<void> View::write_rows(const ViewBatch& batch, const JournalPositions& positions) {
  for (const auto& record : batch.requests) {
    TG_TRY_VOID(run_all(statements_[insert_request], values_of(record)));
    if (database_.changes() == 1) rollups_->row_came(record);
  }
  for (const auto& record : batch.attempts) TG_TRY_VOID(run_all(statements_[insert_attempt], values_of(record)));
  for (const auto& [stream, sequence] : positions) {
    auto known = positions_.find(stream);
    if (known != positions_.end() && known->second == sequence) continue;
    const std::int64_t values[] = {stream.epoch, stream.writer, static_cast<std::int64_t>(sequence)};
    TG_TRY_VOID(run_all(statements_[set_position], values));
  }
  return rollups_->write();
}

Result<bool> View::fill_rollups(std::int64_t max_rows) {
  if (rollups_->waiting() > 0) TG_TRY_VOID(rollups_->fill(max_rows));
  return rollups_->waiting() == 0;
}

Result<std::int64_t> View::expire(WallTime at, std::int64_t max_rows) {
  TG_TRY(any, database_.ask(fmt::format("SELECT 1 FROM requests WHERE at_ns < {} LIMIT 1", at.ns)));
  if (any == 0) return 0;
  TG_TRY_VOID(database_.run("BEGIN IMMEDIATE"));
  auto count = write_expiry(
      fmt::format("FROM requests WHERE at_ns < {} ORDER BY at_ns, id_high, id_low LIMIT {}", at.ns, max_rows));
  auto written = count ? database_.run("COMMIT") : std::unexpected(count.error());
  if (!written) {
    std::ignore = database_.run("ROLLBACK");
    rollups_->forget();
    return std::unexpected(written.error());
  }
  return count;
}

// `old_rows` says the same rows until they are deleted: FROM … WHERE … ORDER BY … LIMIT …
Result<std::int64_t> View::write_expiry(const std::string& old_rows) {
  {
    TG_TRY(rows, database_.prepare(fmt::format("SELECT {} {}", fmt::join(request_columns, ","), old_rows)));
    for (;;) {
      TG_TRY(row, rows.step());
      if (!row) break;
      rollups_->row_leaves(request_in(rows));
    }
  }
  std::string ids = fmt::format("(id_high, id_low) IN (SELECT id_high, id_low {})", old_rows);
  TG_TRY_VOID(database_.run(fmt::format("DELETE FROM attempts WHERE {}", ids).c_str()));
  TG_TRY_VOID(database_.run(fmt::format("DELETE FROM requests WHERE {}", ids).c_str()));
  std::int64_t count = database_.changes();
  TG_TRY_VOID(rollups_->write());
  return count;
}

Result<void> read_as_newest(Database& database) {
  TG_TRY(version, database.ask("PRAGMA user_version"));
  if (version != schema_before) return {};
  std::string none, none_of_attempts;
  for (std::string_view column : added_columns) none += fmt::format(", 0 AS {}", column);
  for (std::string_view column : added_attempt_columns) none_of_attempts += fmt::format(", 0 AS {}", column);
  return database.run(fmt::format("PRAGMA query_only = OFF; CREATE TEMP VIEW requests AS SELECT *{} FROM main.requests;"
                                  "CREATE TEMP VIEW attempts AS SELECT *{} FROM main.attempts; PRAGMA query_only = ON",
                                  none, none_of_attempts)
                          .c_str());
}

Result<JournalPositions> read_positions(Database& database) {
  TG_TRY(statement, database.prepare("SELECT epoch, writer, sequence FROM positions"));
  JournalPositions positions;
  for (;;) {
    TG_TRY(row, statement.step());
    if (!row) return positions;
    JournalStream stream{static_cast<std::uint32_t>(statement.integer(0)),
                         static_cast<std::uint16_t>(statement.integer(1))};
    positions[stream] = static_cast<std::uint64_t>(statement.integer(2));
  }
}

}  // namespace tollgate
