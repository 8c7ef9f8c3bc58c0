#pragma once
// Keeps the journal's state up to date while the gateway runs, and writes checkpoints: it reads what became durable, as
// a start would, so a checkpoint says nothing that the journal does not.

#include "storage/journal/checkpoint.h"

namespace tollgate {

constexpr std::uint64_t checkpoint_after_records = 500'000;
constexpr auto checkpoint_after = seconds(60);
constexpr std::uint64_t checkpoint_read_batch = 50'000;  // records in one step

class Checkpointer {
 public:
  // The disk must outlive it. `state` is what recovery found, and saved.
  Checkpointer(Disk& disk, JournalState state) : disk_(disk), state_(std::move(state)), saved_(state_.positions) {}

  // Reads one batch up to `ends`, which must be durable, and saves a checkpoint when it is due. True when there is more
  // to read.
  Result<bool> step(const JournalPositions& ends, Instant now, WallTime wall);
  // Reads to `ends` and saves.
  Result<void> finish(const JournalPositions& ends, WallTime wall);

  // What the older of the two checkpoints covers: behind these positions nothing is needed for a start.
  const JournalPositions& covered() const { return covered_; }
  const JournalState& state() const { return state_; }

 private:
  Result<std::uint64_t> read(const JournalPositions& ends);
  Result<void> save(WallTime wall);

  Disk& disk_;
  JournalState state_;
  JournalPositions saved_;    // by the newest checkpoint
  JournalPositions covered_;  // by the one before it; none is known at a start
  std::uint64_t unsaved_records_ = 0;
  Instant saved_at_{};
};

}  // namespace tollgate
