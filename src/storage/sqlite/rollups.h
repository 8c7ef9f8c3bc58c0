#pragma once
// Keeps the view's roll-ups (rollup_columns.h): sums made ahead, so that a question over many rows reads few lines.
//
// Rows are taken up in the order of their ids, many at a time, up to a mark: then each line is written once for all of them. What a table
// says is exactly what the rows up to the mark say, always: a row that comes late counts in the transaction that brings it, and one that
// leaves the view is taken out again. Who asks adds the rows behind the mark (sums.h).
//
// Belongs to the view's thread.

#include <map>
#include <optional>
#include <vector>

#include "storage/sqlite/columns.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/rollup_columns.h"

namespace tollgate {

class Rollups {
 public:
  // Makes the tables where they are missing or of another version. The database outlives it.
  static Result<Rollups> open(Database& database);

  // A row came into the view or leaves it. Counts with the next write(), where the mark has passed it.
  void row_came(const RequestRecord& record);
  void row_leaves(const RequestRecord& record);
  // Within the transaction of those rows.
  Result<void> write();
  // The transaction came to nothing.
  void forget();

  // Rows behind the mark; beyond max_counted it is not counted when a view is opened.
  std::int64_t waiting() const { return waiting_; }
  // Moves the mark over the next rows, at most `max_rows`, in a transaction of its own.
  Result<void> fill(std::int64_t max_rows);

 private:
  // A line's key: its hour, then the names. Tables without persons have 0 for them.
  using Key = std::array<std::int64_t, 1 + std::size(rollup_names)>;
  struct Table {
    RollupTable shape;
    Statement add, drop_empty;
    std::map<Key, SumNumbers> pending{};
  };
  static constexpr std::int64_t max_counted = 1'000'000;

  explicit Rollups(Database& database) : database_(&database) {}
  Result<void> prepare();
  void count(const RequestRecord& record, const SumNumbers& numbers);
  void sum_up_pending();
  bool is_finest(std::size_t table) const;  // of those with the same names
  Result<void> write(Table& table);
  Result<void> fill_some(std::int64_t max_rows);

  Database* database_;
  std::vector<Table> tables_;
  ViewOrder mark_{};
  std::int64_t waiting_ = 0;
};

// The rows that roll-ups have, and those that they do not have yet, as SQL over the table of rows: of the time from ?1 to ?2, with the
// mark as ?3 and ?4. A plus keeps SQLite from the index that reads more rows: a stretch that is read row by row is short, and behind
// the mark stand few rows, but for a view whose roll-ups are being made.
constexpr std::string_view rows_up_to_mark = "at_ns >= ?1 AND at_ns < ?2 AND (+id_high, +id_low) <= (?3, ?4)";
constexpr std::string_view rows_behind_mark = "+at_ns >= ?1 AND +at_ns < ?2 AND (id_high, id_low) > (?3, ?4)";
constexpr std::string_view rows_behind_far_mark = "at_ns >= ?1 AND at_ns < ?2 AND (+id_high, +id_low) > (?3, ?4)";
constexpr std::int64_t far_mark = 50'000;  // rows behind it

// The last row that the roll-ups have; nothing where there are none of this version. Asked by readers, in their transaction.
Result<std::optional<ViewOrder>> rollups_mark(Database& database);

}  // namespace tollgate
