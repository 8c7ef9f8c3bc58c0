#include "storage/sqlite/feeder.h"

#include "storage/journal/reader.h"

namespace tollgate {
namespace {

bool ahead(const JournalPositions& view, const JournalPositions& ends) {
  for (const auto& [stream, sequence] : view)
    if (auto end = ends.find(stream); end != ends.end() && sequence > end->second) return true;
  return false;
}

std::uint64_t distance(const JournalPositions& from, const JournalPositions& to) {
  std::uint64_t records = 0;
  for (const auto& [stream, end] : to) {
    auto at = from.find(stream);
    std::uint64_t sequence = at == from.end() ? 0 : at->second;
    records += end > sequence ? end - sequence : 0;
  }
  return records;
}

}  // namespace

Result<std::uint64_t> Feeder::step(const JournalPositions& ends, Instant now, WallTime wall) {
  if (!view_) TG_TRY_VOID(open_view(ends));
  auto count = feed(ends);
  if (!count && count.error().code == database_damaged) {
    TG_TRY_VOID(rebuild());
    count = feed(ends);
  }
  if (!count) return count;
  lag_.store(distance(view_->positions(), ends), std::memory_order_relaxed);
  TG_TRY_VOID(make_durable(now));
  if (*count < feeder_batch) TG_TRY_VOID(expire(wall));
  return count;
}

Result<void> Feeder::open_view(const JournalPositions& ends) {
  auto view = View::open(file_);
  if (!view && view.error().code != database_damaged) return std::unexpected(view.error());
  if (view && !ahead((*view)->positions(), ends)) {
    view_ = std::move(*view);
    return {};
  }
  view = fail(Fault::unavailable, "closed before it is set aside");
  return rebuild();
}

Result<void> Feeder::rebuild() {
  view_.reset();
  rebuilds_.fetch_add(1, std::memory_order_relaxed);
  {
    std::lock_guard lock(mutex_);
    durable_.clear();
  }
  std::error_code ignored;
  std::filesystem::rename(file_, file_.string() + ".damaged", ignored);
  for (auto end : {"-wal", "-shm"}) std::filesystem::remove(file_.string() + end, ignored);
  TG_TRY(view, View::open(file_));
  view_ = std::move(view);
  return {};
}

Result<std::uint64_t> Feeder::feed(const JournalPositions& ends) {
  ViewBatch batch;
  JournalPositions positions = view_->positions();
  TG_TRY(count,
         read_journal(disk_, positions, &ends, feeder_batch, [&](const JournalRecord& record) { batch.add(record); }));
  if (count > 0) TG_TRY_VOID(view_->write(batch, positions));
  unsynced_ += count;
  bool due = count == 0 ? view_->rows_to_roll_up() > 0 : view_->rows_to_roll_up() >= feeder_fill_batch;
  if (due) {
    TG_TRY_VOID(view_->fill_rollups(feeder_fill_batch));
    ++unsynced_;
  }
  return count;
}

Result<void> Feeder::make_durable(Instant now) {
  bool due = unsynced_ >= feeder_sync_records || (unsynced_ > 0 && now - synced_at_ >= feeder_sync_after);
  if (!due) return {};
  TG_TRY(all, view_->make_durable());
  synced_at_ = now;
  if (!all) return {};  // a reader holds older pages; next time
  unsynced_ = 0;
  std::lock_guard lock(mutex_);
  durable_ = view_->positions();
  return {};
}

Result<void> Feeder::expire(WallTime wall) {
  TG_TRY_VOID(view_->expire({wall.ns - keep_.count()}, feeder_expire_batch));
  return {};
}

JournalPositions Feeder::durable_positions() const {
  std::lock_guard lock(mutex_);
  return durable_;
}

}  // namespace tollgate
