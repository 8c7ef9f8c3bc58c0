#pragma once
// The ledger of a data folder, opened for questions: also while a gateway runs on it, and after it stopped. Writes
// nothing.

#include <memory>
#include <optional>

#include "app/commands/data_choice.h"
#include "app/data_folder.h"
#include "storage/journal/dictionary.h"
#include "storage/sqlite/queries.h"

namespace tollgate {

struct LedgerFiles {
  DataFolder folder;
  std::unique_ptr<FileDisk> journal;
  std::filesystem::path view;
  std::unique_ptr<Dictionary> names;

  LedgerQueries queries() { return LedgerQueries(*journal, *names, view); }
};

// Empty: no gateway ever wrote there. Error: it cannot be read, or a part of it is missing.
Result<std::optional<LedgerFiles>> open_ledger(const DataChoice& choice, WallTime now);

// The same without keys and names, for proving it.
struct LedgerPlaces {
  std::unique_ptr<FileDisk> journal;
  std::filesystem::path view;
};
Result<std::optional<LedgerPlaces>> find_ledger(const std::filesystem::path& data);

}  // namespace tollgate
