#include "storage/journal/checkpointer.h"

#include "storage/journal/reader.h"

namespace tollgate {

Result<std::uint64_t> Checkpointer::read(const JournalPositions& ends) {
  TG_TRY(count, read_journal(disk_, state_.positions, &ends, checkpoint_read_batch,
                             [&](const JournalRecord& record) { state_.apply(record); }));
  unsaved_records_ += count;
  return count;
}

Result<void> Checkpointer::save(WallTime wall) {
  state_.facts.compact(wall);
  TG_TRY_VOID(save_checkpoint(disk_, state_));
  covered_ = std::exchange(saved_, state_.positions);
  unsaved_records_ = 0;
  return {};
}

Result<bool> Checkpointer::step(const JournalPositions& ends, Instant now, WallTime wall) {
  TG_TRY(count, read(ends));
  if (saved_at_ == Instant{}) saved_at_ = now;
  bool due =
      unsaved_records_ >= checkpoint_after_records || (unsaved_records_ > 0 && now - saved_at_ >= checkpoint_after);
  if (due) {
    TG_TRY_VOID(save(wall));
    saved_at_ = now;
  }
  return count == checkpoint_read_batch;
}

Result<void> Checkpointer::finish(const JournalPositions& ends, WallTime wall) {
  for (;;) {
    TG_TRY(count, read(ends));
    if (count < checkpoint_read_batch) return save(wall);
  }
}

}  // namespace tollgate
