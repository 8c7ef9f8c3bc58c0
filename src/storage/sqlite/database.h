#pragma once
// SQLite, as much as the view needs: a connection and prepared statements. The only file beside view and queries that
// knows sqlite3.h is database.cpp.
//
// Errors are Fault::unavailable, and `code` says what to do about it: database_busy (somebody else holds it: later
// again), database_damaged (no database, or its pages contradict each other: rebuild), database_slow (the question took
// longer than it may), database_error (anything else).

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tollgate {

constexpr std::string_view database_busy = "database_busy";
constexpr std::string_view database_damaged = "database_damaged";
constexpr std::string_view database_slow = "database_slow";
constexpr std::string_view database_error = "database_error";

// Belongs to one thread. Its database must outlive it.
class Statement {
 public:
  // Fills in the parameters ?1, ?2 … and starts anew.
  void bind(std::span<const std::int64_t> values);
  // True while there is a row.
  Result<bool> step();
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // until the next step

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Mode : std::uint8_t { read, write };
  // Writing makes the file when it is missing, mode 0600.
  static Result<Database> open(const std::filesystem::path& file, Mode mode, int busy_ms);

  Result<void> run(const char* sql);
  Result<Statement> prepare(const std::string& sql);
  // One number of one row.
  Result<std::int64_t> ask(const std::string& sql);
  // How many rows the last statement that changed something changed.
  std::int64_t changes() const;
  // From now on every question ends with database_slow once this time has passed.
  void give_up_after(Duration time);
  // For those who put many short questions.
  Result<void> in_time() const;
  // Moves the log into the database and syncs both. True when all of it was moved.
  Result<bool> move_log();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<Duration> give_up_at_;  // on the steady clock; SQLite looks at it, so it stays where it is
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace tollgate
