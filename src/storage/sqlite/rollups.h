#pragma once
// Keeps the view's roll-ups (rollup_columns.h): sums made ahead, so that a question over many rows reads few lines.
//
// They change in the transaction of the rows that they sum, and rows that leave the view are taken out again: each
// table says exactly what the rows say, always. A batch is summed in memory first and each line is written once.
//
// A view that was made without them, or with others, is filled up in the order of the rows' ids, some at a time, while
// the gateway works: rows up to a mark are in, those above not yet. Until the mark is at the end, questions go to the
// rows.
//
// Belongs to the view's thread.

#include <map>
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

  bool complete() const { return mark_ == end; }
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
  static constexpr ViewOrder end{INT64_MAX, INT64_MAX};

  explicit Rollups(Database& database) : database_(&database) {}
  Result<void> prepare();
  void count(const RequestRecord& record, const SumNumbers& numbers);
  Result<void> write(Table& table);
  Result<void> fill_some(std::int64_t max_rows);

  Database* database_;
  std::vector<Table> tables_;
  ViewOrder mark_{};
};

// The roll-ups are there, of this version, and complete: asked by readers, in their transaction.
Result<bool> rollups_answer(Database& database);

}  // namespace tollgate
