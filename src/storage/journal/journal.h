#pragma once
// The journal of a running gateway, assembled: recovery first, then one writer for each worker, and what works for
// them. It has no thread: journal_threads.h runs it in real life, the simulator calls the steps as events.
//
//   step_commit      make a group durable             journal thread
//   step_care        segments ahead, free space       caretaker's thread
//   step_added       rows that commands left          caretaker's thread
//   step_checkpoint  follow, save, retire segments    caretaker's thread
//
// Writers belong to their workers. Close after the last RowSpace is gone; without close the next start treats it as a
// crash.

#include <memory>
#include <vector>

#include "storage/journal/added_rows.h"
#include "storage/journal/caretaker.h"
#include "storage/journal/checkpointer.h"
#include "storage/journal/recovery.h"
#include "storage/journal/retention.h"

namespace tollgate {

constexpr std::uint32_t default_segment_slots = 65'535;  // with the head: 16 MiB
constexpr std::uint32_t min_segment_slots = 255;
constexpr int max_writers = 1024;

struct JournalSettings {
  int writers = 1;
  std::uint32_t segment_slots = default_segment_slots;  // fewer on a small disk
  std::size_t max_names = default_max_names;
  Duration keep = std::chrono::hours(400 * 24);
  std::uint64_t journal_max_bytes = std::uint64_t{8} << 30;
  std::function<std::uint64_t()> random{};  // for ids of persons
};

constexpr std::string_view lock_file = "lock";

class Journal {
 public:
  // Takes the folder's lock (`owner` tells a second gateway who holds it), recovers, and makes the writers ready.
  // The disk and the sealer must outlive it.
  static Result<std::unique_ptr<Journal>> open(Disk& disk, ValueSealer& sealer, JournalSettings settings,
                                               std::string_view owner, WallTime now);

  JournalWriter& writer(int index) { return *writers_[static_cast<std::size_t>(index)]; }
  int writer_count() const { return static_cast<int>(writers_.size()); }
  Dictionary& names() const { return *names_; }
  std::uint32_t epoch() const { return epoch_; }

  // What the start found.
  struct Start {
    std::uint64_t records_read = 0;
    std::uint64_t settled = 0;
    std::uint64_t streams_cut = 0;
  };
  const Start& start() const { return start_; }
  // Facts of the past, for limits. Before the journal runs only.
  const Facts& facts() const { return checkpointer_->state().facts; }

  template <class Clock>
  Result<std::uint64_t> step_commit(Clock clock) {
    return committer_->step(clock);
  }
  Result<void> step_care(Instant now, WallTime wall) { return caretaker_->step(now, wall); }
  // `in_view`: what the view holds durably; nothing is retired without. True when there is more to read.
  Result<bool> step_checkpoint(const JournalPositions* in_view, Instant now, WallTime wall);

  // Takes in the rows that commands left (added_rows.h).
  Result<void> step_added(WallTime wall) { return take_in_added_rows(disk_, *names_, wall); }

  bool commit_wanted() const { return committer_->waiting(); }
  bool care_wanted() const { return caretaker_->wanted(); }
  bool stalled(Instant now) const { return committer_->stalled(now); }
  LedgerHealth health() const { return gate_.health(); }
  CommitCounts commits() const { return committer_->counts(); }
  Bell& commit_bell() { return commit_bell_; }
  Bell& care_bell() { return care_bell_; }

  // The durable end of every stream. Any thread.
  JournalPositions ends() const;

  // Ends every stream, saves a checkpoint and lets go of the folder. REQUIRES: nobody else uses it any more.
  Result<void> close(WallTime now);

 private:
  Journal(Disk& disk, JournalSettings settings) : disk_(disk), settings_(std::move(settings)) {}
  Result<void> start_writers(JournalState state, WallTime now);
  Result<void> commit_all();

  Disk& disk_;
  JournalSettings settings_;
  std::unique_ptr<FolderLock> lock_;
  std::unique_ptr<Dictionary> names_;
  Start start_;
  std::uint32_t epoch_ = 0;
  JournalPositions old_ends_;
  Gate gate_;
  Bell commit_bell_, care_bell_;
  std::vector<std::unique_ptr<SegmentChain>> chains_;
  std::vector<std::unique_ptr<JournalWriter>> writers_;
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<Caretaker> caretaker_;
  std::unique_ptr<Checkpointer> checkpointer_;
};

}  // namespace tollgate
