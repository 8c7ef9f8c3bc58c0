#include "app/commands/ledger_files.h"

#include <fmt/format.h>

namespace tollgate {
namespace {

constexpr std::string_view journal_folder = "journal";  // as the gateway names it

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace

Result<std::optional<LedgerPlaces>> find_ledger(const std::filesystem::path& data) {
  std::filesystem::path journal = data / journal_folder, view = data / view_file;
  if (!is_there(journal)) {
    if (!is_there(view)) return std::optional<LedgerPlaces>();
    return fail(Fault::unavailable,
                fmt::format("{} is there, but the folder {} is missing", view_file, journal_folder));
  }
  TG_TRY(disk, FileDisk::open(journal));
  return std::optional(LedgerPlaces{std::move(disk), std::move(view)});
}

Result<std::optional<LedgerFiles>> open_ledger(const DataChoice& choice, WallTime now) {
  TG_TRY(places, find_ledger(choice.path));
  if (!places) return std::optional<LedgerFiles>();
  TG_TRY(folder, DataFolder::open(choice.path, now));
  LedgerFiles files{
      .folder = std::move(folder), .journal = std::move(places->journal), .view = std::move(places->view), .names = {}};
  TG_TRY(names, Dictionary::open(*files.journal, *files.folder.person_keys, {.mode = Dictionary::Mode::read}));
  files.names = std::move(names);
  return std::optional(std::move(files));
}

}  // namespace tollgate
