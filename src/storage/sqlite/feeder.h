#pragma once
// Feeds the view from the journal: a batch in each step, only what is durable, so that the view never knows more than
// the journal will after a power cut.
//
// Nobody waits for it. When somebody else holds the database, the step says so and the journal keeps the rows. When the
// database is damaged, of another schema, or ahead of the journal (a journal put back from a backup), it is set aside
// as *.damaged and made anew from what the journal holds. A view without roll-ups gets them, some rows in each step.
//
// step() belongs to one thread; lag and positions may be asked from any.

#include <atomic>
#include <mutex>

#include "ports/disk.h"
#include "storage/sqlite/view.h"

namespace tollgate {

constexpr std::uint64_t feeder_batch = 2'000;           // records
constexpr std::uint64_t feeder_sync_records = 200'000;  // the view is synced after so many …
constexpr auto feeder_sync_after = seconds(10);         // … or after this time
constexpr std::int64_t feeder_expire_batch = 1'000;     // old rows in one step
constexpr std::int64_t feeder_fill_batch = 20'000;      // rows that roll-ups take up in one step; fewer when nothing else is to do

class Feeder {
 public:
  // `disk` is the journal's folder and must outlive it; rows older than `keep` leave the view.
  Feeder(Disk& disk, std::filesystem::path file, Duration keep) : disk_(disk), file_(std::move(file)), keep_(keep) {}

  // Gives how many records it read; fewer than feeder_batch: the view is up to date with `ends`.
  Result<std::uint64_t> step(const JournalPositions& ends, Instant now, WallTime wall);

  // Durable records that are not yet in the view (rows and intents alike).
  std::uint64_t lag() const { return lag_.load(std::memory_order_relaxed); }
  // How far the view survives a power cut.
  JournalPositions durable_positions() const;
  std::uint64_t rebuilds() const { return rebuilds_.load(std::memory_order_relaxed); }

 private:
  Result<void> open_view(const JournalPositions& ends);
  Result<void> rebuild();
  Result<std::uint64_t> feed(const JournalPositions& ends);
  Result<void> make_durable(Instant now);
  Result<void> expire(WallTime wall);

  Disk& disk_;
  std::filesystem::path file_;
  Duration keep_;
  std::unique_ptr<View> view_;
  std::uint64_t unsynced_ = 1;  // a start knows nothing of the last sync
  Instant synced_at_{};
  std::atomic<std::uint64_t> lag_ = 0, rebuilds_ = 0;
  mutable std::mutex mutex_;
  JournalPositions durable_;
};

}  // namespace tollgate
