#include "storage/journal/committer.h"

namespace tollgate {

bool Committer::waiting() const {
  if (gate_.has(Gate::sync_failed)) return false;
  for (const auto* writer : writers_)
    if (writer->appended().sequence > writer->durable().sequence) return true;
  return false;
}

bool Committer::stalled(Instant now) const {
  std::int64_t begun = begun_ns_.load(std::memory_order_relaxed);
  return begun != idle && now - Instant{begun} > commit_bound;
}

Result<std::uint64_t> Committer::commit() {
  for (std::size_t i = 0; i < writers_.size(); ++i) noted_[i] = writers_[i]->appended().sequence;
  if (auto synced = sync_all(); !synced) {
    gate_.shut(Gate::sync_failed);
    for (const auto* writer : writers_) writer->wake();
    return std::unexpected(synced.error());
  }
  gate_.lift(Gate::stalled);
  return announce();
}

Result<void> Committer::sync_all() {
  TG_TRY_VOID(names_.sync());
  for (std::size_t i = 0; i < writers_.size(); ++i)
    if (std::uint64_t durable = writers_[i]->durable().sequence; noted_[i] > durable)
      TG_TRY_VOID(writers_[i]->chain().sync(durable, noted_[i]));
  return {};
}

std::uint64_t Committer::announce() {
  std::uint64_t records = 0;
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    std::uint64_t before = writers_[i]->durable().sequence;
    if (noted_[i] == before) continue;
    records += noted_[i] - before;
    writers_[i]->set_durable(noted_[i]);
    writers_[i]->wake();
  }
  return records;
}

void Committer::count(std::uint64_t records, Duration time) {
  commits_.fetch_add(1, std::memory_order_relaxed);
  records_.fetch_add(records, std::memory_order_relaxed);
  time_ns_.fetch_add(time.count(), std::memory_order_relaxed);
}

}  // namespace tollgate
