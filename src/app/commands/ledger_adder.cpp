#include "app/commands/ledger_adder.h"

#include <unistd.h>

#include <thread>

#include <fmt/format.h>

#include "async/clock.h"
#include "crypto/random.h"
#include "storage/journal/journal.h"

namespace tollgate {
namespace {

constexpr std::string_view adder_lock_file = "added.lock";
constexpr std::string_view journal_folder = "journal";  // as the gateway names it
constexpr auto between_looks = milliseconds(20);

std::string owner() { return fmt::format("a command, process {}", ::getpid()); }

Result<LedgerFiles> open_files(const DataChoice& choice, WallTime now) {
  TG_TRY(disk, FileDisk::open(choice.path / journal_folder));
  TG_TRY(files, open_ledger(choice, now));
  if (!files) return fail(Fault::unavailable, "the ledger's folder has just gone");
  return std::move(*files);
}

}  // namespace

Result<LedgerAdder> LedgerAdder::open(const DataChoice& choice) {
  TG_TRY(files, open_files(choice, SystemClock().wall()));
  auto lock = files.journal->lock(adder_lock_file, owner());
  if (!lock) return fail(Fault::unavailable, "another command is adding rows to this ledger; try again when it has ended");
  LedgerAdder adder(std::move(files), std::move(*lock));
  TG_TRY_VOID(adder.settle());
  return adder;
}

Result<void> LedgerAdder::add(const AddedRows& rows) {
  TG_TRY_VOID(leave_added_rows(*files_.journal, rows));
  return settle();
}

Result<void> LedgerAdder::settle() {
  SystemClock clock;
  Instant end = clock.now() + added_rows_wait;
  for (;;) {
    TG_TRY(left, find_added_rows(*files_.journal));
    if (left.empty()) return {};
    bool free = files_.journal->lock(lock_file, owner()).has_value();
    if (free) TG_TRY_VOID(take_in());
    if (clock.now() > end)
      return fail(Fault::unavailable,
                  fmt::format("the gateway that runs did not take in {} within {} s; the next one that starts does",
                              left.front(), added_rows_wait.count()));
    if (!free) std::this_thread::sleep_for(between_looks);
  }
}

// As a gateway that starts and stops: what a crash left is settled before anything is added. Nothing when a gateway started
// meanwhile: that one takes it in.
Result<void> LedgerAdder::take_in() {
  SystemClock clock;
  JournalSettings settings{.writers = 1, .segment_slots = min_segment_slots, .random = [] { return crypto::random_u64(); }};
  auto journal = Journal::open(*files_.journal, *files_.folder.person_keys, std::move(settings), owner(), clock.wall());
  if (!journal) {
    bool taken = !files_.journal->lock(lock_file, owner()).has_value();
    return taken ? Result<void>() : std::unexpected(journal.error());
  }
  auto added = (*journal)->step_added(clock.wall());
  auto closed = (*journal)->close(clock.wall());
  return added ? closed : added;
}

}  // namespace tollgate
