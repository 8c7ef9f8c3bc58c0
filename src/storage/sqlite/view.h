#pragma once
// The ledger's view: the journal's rows in SQLite, for questions. Never the truth: it says in itself how far it has
// read the journal, in the same transaction as the rows, so it can be behind but not wrong, and can be thrown away and
// made anew.
//
// Tables requests and attempts hold whole numbers only (names are ids of the dictionary, so no personal data), keyed by
// the time-ordered request id; the one index is on time. Rows that were added afterwards stand among the others, with
// `origin`. Roll-ups of the requests stand beside them (rollups.h). The log is written without a sync; make_durable()
// syncs now and then.
//
// A View belongs to one thread.

#include <optional>
#include <vector>

#include "base/time.h"
#include "storage/journal/format.h"
#include "storage/sqlite/columns.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/rollups.h"

namespace tollgate {

constexpr std::string_view view_file = "ledger.sqlite";

struct ViewBatch {
  std::vector<RequestRecord> requests;
  std::vector<AttemptRecord> attempts;

  void add(const JournalRecord& record);  // takes up rows, leaves out the rest
};

class View {
 public:
  // For writing; made when missing, brought up to date when it is of the schema before. One of another schema is
  // damaged: rebuild it.
  static Result<std::unique_ptr<View>> open(const std::filesystem::path& file);

  // All of it, or nothing. Rows that are there already stay as they are.
  Result<void> write(const ViewBatch& batch, const JournalPositions& positions);
  const JournalPositions& positions() const { return positions_; }
  // True when all that was written survives a power cut.
  Result<bool> make_durable() { return database_.move_log(); }
  // Rows that the roll-ups do not have yet. They take up at most `max_rows` of them at once; true when they have all.
  std::int64_t rows_to_roll_up() const { return rollups_->waiting(); }
  Result<bool> fill_rollups(std::int64_t max_rows);
  // Deletes rows that were admitted before `at`, at most `max_rows` of them; gives how many it deleted.
  Result<std::int64_t> expire(WallTime at, std::int64_t max_rows);

 private:
  explicit View(Database database) : database_(std::move(database)) {}
  Result<void> prepare();
  Result<void> write_rows(const ViewBatch& batch, const JournalPositions& positions);

  Result<std::int64_t> write_expiry(const std::string& old_rows);

  Database database_;
  std::optional<Rollups> rollups_;
  std::vector<Statement> statements_;
  JournalPositions positions_;
};

Result<JournalPositions> read_positions(Database& database);

// Lets a reader ask a view that no gateway has brought up to date yet as if one had.
Result<void> read_as_newest(Database& database);

}  // namespace tollgate
