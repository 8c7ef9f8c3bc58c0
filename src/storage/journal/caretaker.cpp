#include "storage/journal/caretaker.h"

#include <algorithm>

namespace tollgate {

Result<void> Caretaker::step(Instant now, WallTime wall) {
  watch_commits(now);
  for (auto* writer : writers_) writer->chain().let_go(writer->appended().sequence, writer->durable().sequence);
  TG_TRY_VOID(watch_space());
  return prepare_segments(wall);
}

bool Caretaker::wanted() const {
  return std::ranges::any_of(writers_, [](JournalWriter* writer) { return !writer->chain().ready(); });
}

void Caretaker::watch_commits(Instant now) {
  if (!committer_.stalled(now)) return gate_.lift(Gate::stalled);
  if (gate_.has(Gate::stalled)) return;
  gate_.shut(Gate::stalled);
  for (const auto* writer : writers_) writer->wake();
}

Result<void> Caretaker::watch_space() {
  TG_TRY(space, disk_.space());
  std::uint64_t mark = std::min(free_mark_bytes, space.total_bytes / free_mark_part);
  if (space.free_bytes < mark)
    gate_.shut(Gate::disk_full);
  else
    gate_.lift(Gate::disk_full);
  return {};
}

Result<void> Caretaker::prepare_segments(WallTime wall) {
  if (gate_.has(Gate::disk_full)) return {};
  for (auto* writer : writers_) TG_TRY_VOID(writer->chain().prepare(wall));
  return {};
}

}  // namespace tollgate
