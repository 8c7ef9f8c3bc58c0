#pragma once
// How a command adds rows to the ledger of a data folder: while a gateway runs on it, through what that one takes in, and by
// itself when none does. Rows are in the ledger, and durable, when `add` returns.
//
// One command at a time. What an earlier one left before it was killed is taken in first.

#include <memory>

#include "app/commands/ledger_files.h"
#include "storage/journal/added_rows.h"

namespace tollgate {

constexpr auto added_rows_wait = seconds(30);  // for a gateway to take in what was left

class LedgerAdder {
 public:
  // Makes the journal when the data folder has none yet. Error: another command is adding, or the ledger cannot be written.
  static Result<LedgerAdder> open(const DataChoice& choice);

  LedgerQueries queries() { return files_.queries(); }
  // At most added_rows_max. Error: also when a gateway that runs did not take them in within its time; they are left then,
  // and come into the ledger when the next one starts.
  Result<void> add(const AddedRows& rows);

 private:
  LedgerAdder(LedgerFiles files, std::unique_ptr<FolderLock> lock) : files_(std::move(files)), lock_(std::move(lock)) {}
  Result<void> settle();
  Result<void> take_in();

  LedgerFiles files_;
  std::unique_ptr<FolderLock> lock_;
};

}  // namespace tollgate
