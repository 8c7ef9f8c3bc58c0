#include "storage/journal/journal.h"

#include <algorithm>

#include <fmt/format.h>

namespace tollgate {
namespace {

// The segments that all writers hold at one time, one each (and as much again, ready), take at most these parts.
constexpr std::uint64_t part_of_free_space = 16;
constexpr std::uint64_t part_of_journal = 8;

// What a crash left half made; none of it has its name yet.
Result<void> remove_unfinished(Disk& disk) {
  TG_TRY(entries, disk.list());
  for (const auto& entry : entries)
    if (entry.name.ends_with(".new")) TG_TRY_VOID(disk.remove(entry.name));
  return {};
}

Result<std::uint32_t> fitting_slots(Disk& disk, const JournalSettings& settings) {
  TG_TRY(space, disk.space());
  std::uint64_t bytes = std::min(space.free_bytes / part_of_free_space, settings.journal_max_bytes / part_of_journal);
  std::uint64_t most = bytes / static_cast<std::uint64_t>(settings.writers) / record_bytes;
  std::uint64_t least = std::min(min_segment_slots, settings.segment_slots);
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(most, least, settings.segment_slots));
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(Disk& disk, ValueSealer& sealer, JournalSettings settings,
                                               std::string_view owner, WallTime now) {
  if (settings.writers < 1 || settings.writers > max_writers)
    return fail(Fault::invalid_request, fmt::format("a ledger has 1 to {} writers", max_writers));
  std::unique_ptr<Journal> journal(new Journal(disk, std::move(settings)));
  TG_TRY(lock, disk.lock(lock_file, owner));
  journal->lock_ = std::move(lock);
  TG_TRY_VOID(remove_unfinished(disk));
  TG_TRY(names, Dictionary::open(disk, sealer,
                                 {.mode = Dictionary::Mode::write,
                                  .max_names = journal->settings_.max_names,
                                  .random = journal->settings_.random}));
  journal->names_ = std::move(names);
  TG_TRY(recovered, recover(disk, *journal->names_, now));
  journal->start_ = {recovered.records_read, recovered.settled, recovered.streams_cut};
  TG_TRY_VOID(journal->start_writers(std::move(recovered.state), now));
  return journal;
}

Result<void> Journal::start_writers(JournalState state, WallTime now) {
  epoch_ = state.epoch;
  old_ends_ = state.positions;
  TG_TRY(slots, fitting_slots(disk_, settings_));
  std::vector<JournalWriter*> writers;
  for (int i = 0; i < settings_.writers; ++i) {
    auto& chain = *chains_.emplace_back(
        std::make_unique<SegmentChain>(disk_, JournalStream{epoch_, static_cast<std::uint16_t>(i)}, slots));
    TG_TRY_VOID(chain.prepare(now));
    writers_.push_back(std::make_unique<JournalWriter>(chain, *names_, gate_, commit_bell_, care_bell_, now));
    writers.push_back(writers_.back().get());
  }
  committer_ = std::make_unique<Committer>(*names_, gate_, writers);
  caretaker_ = std::make_unique<Caretaker>(disk_, gate_, *committer_, writers);
  checkpointer_ = std::make_unique<Checkpointer>(disk_, std::move(state));
  return {};
}

JournalPositions Journal::ends() const {
  JournalPositions ends = old_ends_;
  for (std::size_t i = 0; i < writers_.size(); ++i) ends[chains_[i]->stream()] = writers_[i]->durable().sequence;
  return ends;
}

Result<bool> Journal::step_checkpoint(const JournalPositions* in_view, Instant now, WallTime wall) {
  TG_TRY(more, checkpointer_->step(ends(), now, wall));
  RetentionRule rule{.keep_after = {wall.ns - settings_.keep.count()},
                     .max_bytes = settings_.journal_max_bytes,
                     .running_epoch = epoch_};
  const JournalPositions nothing;
  TG_TRY(left, retire_segments(disk_, in_view != nullptr ? *in_view : nothing, checkpointer_->covered(), rule));
  if (left.bytes > settings_.journal_max_bytes)
    gate_.shut(Gate::journal_full);
  else
    gate_.lift(Gate::journal_full);
  return more;
}

Result<void> Journal::commit_all() {
  if (gate_.has(Gate::sync_failed)) return fail(Fault::unavailable, "the ledger's disk refused a sync");
  TG_TRY_VOID(committer_->step([] { return Instant{}; }));
  return {};
}

// The stop records say that all before them was durable, so a later start can tell damage from a torn end.
Result<void> Journal::close(WallTime now) {
  gate_.shut(Gate::closed);
  TG_TRY_VOID(commit_all());
  for (auto& writer : writers_) writer->append_stop(now);
  TG_TRY_VOID(commit_all());
  auto last = ends();
  for (std::size_t i = 0; i < writers_.size(); ++i) TG_TRY_VOID(chains_[i]->close(writers_[i]->appended().sequence));
  TG_TRY_VOID(checkpointer_->finish(last, now));
  lock_.reset();
  return {};
}

}  // namespace tollgate
