#include "storage/sqlite/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fmt/format.h>

namespace tollgate {
namespace {

std::unexpected<Error> refused(int result, const char* words) {
  int primary = result & 0xFF;
  bool busy = primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
  bool damaged = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
  if (primary == SQLITE_INTERRUPT)
    return fail(Error{.fault = Fault::unavailable,
                      .detail = "the question takes too long: ask for a shorter time",
                      .code = std::string(database_slow)});
  return fail(Error{.fault = Fault::unavailable,
                    .detail = fmt::format("the ledger's view: {}", words),
                    .code = std::string(busy      ? database_busy
                                        : damaged ? database_damaged
                                                  : database_error)});
}

std::unexpected<Error> refused(int result, sqlite3* database) {
  return refused(result, database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result));
}

bool late(const Duration* give_up_at) {
  return give_up_at != nullptr && std::chrono::steady_clock::now().time_since_epoch() > *give_up_at;
}

// SQLite would make it readable for others.
void make_private(const std::filesystem::path& file) {
  int fd = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

void Statement::bind(std::span<const std::int64_t> values) {
  sqlite3_reset(statement_.get());
  for (std::size_t i = 0; i < values.size(); ++i)
    sqlite3_bind_int64(statement_.get(), static_cast<int>(i + 1), values[i]);
}

Result<bool> Statement::step() {
  int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  auto error = refused(result, sqlite3_db_handle(statement_.get()));
  sqlite3_reset(statement_.get());
  return error;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  return text == nullptr ? std::string_view()
                         : std::string_view(reinterpret_cast<const char*>(text),
                                            static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

Result<Database> Database::open(const std::filesystem::path& file, Mode mode, int busy_ms) {
  if (mode == Mode::write) make_private(file);
  // Readers too: after a kill the first one to come must recover SQLite's log, which a read-only connection may not.
  int flags = mode == Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  sqlite3* raw = nullptr;
  int result = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database;
  database.database_.reset(raw);
  if (result != SQLITE_OK) return refused(result, raw);
  sqlite3_busy_timeout(raw, busy_ms);
  if (mode == Mode::read) TG_TRY_VOID(database.run("PRAGMA query_only = ON"));
  return database;
}

Result<void> Database::run(const char* sql) {
  int result = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return refused(result, database_.get());
  return {};
}

Result<Statement> Database::prepare(const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  int result = sqlite3_prepare_v2(database_.get(), sql.c_str(), static_cast<int>(sql.size()), &raw, nullptr);
  if (result != SQLITE_OK) return refused(result, database_.get());
  return Statement(raw);
}

Result<std::int64_t> Database::ask(const std::string& sql) {
  TG_TRY(statement, prepare(sql));
  TG_TRY(row, statement.step());
  return row ? statement.integer(0) : 0;
}

std::int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }

void Database::give_up_after(Duration time) {
  constexpr int steps_between_looks = 10'000;  // of SQLite's machine: some 100 us
  give_up_at_ = std::make_unique<Duration>(std::chrono::steady_clock::now().time_since_epoch() + time);
  auto look = [](void* at) { return late(static_cast<const Duration*>(at)) ? 1 : 0; };
  sqlite3_progress_handler(database_.get(), steps_between_looks, look, give_up_at_.get());
}

Result<void> Database::in_time() const {
  if (late(give_up_at_.get())) return refused(SQLITE_INTERRUPT, "");
  return {};
}

Result<bool> Database::move_log() {
  int in_log = 0, moved = 0;
  int result = sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
  if (result != SQLITE_OK) return refused(result, database_.get());
  return in_log == moved;
}

}  // namespace tollgate
