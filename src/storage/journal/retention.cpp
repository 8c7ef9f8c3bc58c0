#include "storage/journal/retention.h"

#include <algorithm>

namespace tollgate {
namespace {

struct Candidate {
  const SegmentFile* file;
  WallTime made_at;
  WallTime ended_before;  // nothing was written to it after this
};

Result<WallTime> made_at(Disk& disk, const SegmentFile& segment) {
  TG_TRY(file, disk.open_read(segment.name));
  std::string bytes(record_bytes, '\0');
  TG_TRY(got, file->read_at(0, std::as_writable_bytes(std::span(bytes))));
  auto header = decode_segment_header(std::string_view(bytes).substr(0, got));
  if (!header) return journal_damaged({segment.name, 0}, "its head is damaged");
  return header->made_at;
}

std::uint64_t position(const JournalPositions& positions, JournalStream stream) {
  auto found = positions.find(stream);
  return found == positions.end() ? 0 : found->second;
}

class Retention {
 public:
  Retention(Disk& disk, const JournalPositions& in_view, const JournalPositions& covered, const RetentionRule& rule)
      : disk_(disk), in_view_(in_view), covered_(covered), rule_(rule) {}

  Result<RetentionResult> run() {
    TG_TRY(streams, list_streams(disk_));
    for (const auto& files : streams)
      for (const auto& segment : files.segments) result_.bytes += segment.bytes;
    WallTime next_epoch{INT64_MAX};  // when the epoch after this stream's began
    for (auto files = streams.rbegin(); files != streams.rend(); ++files) {
      TG_TRY(began, made_at(disk_, files->segments.front()));
      TG_TRY_VOID(find_candidates(*files, next_epoch));
      if (files + 1 != streams.rend() && (files + 1)->stream.epoch != files->stream.epoch)
        next_epoch = std::min(next_epoch, began);
    }
    std::ranges::stable_sort(candidates_, {},
                             [](const Candidate& one) { return std::pair(one.made_at, one.file->number); });
    return remove_candidates();
  }

 private:
  bool settled(const StreamFiles& files, const SegmentFile& segment) const {
    std::uint64_t covered = position(covered_, files.stream), last = (std::uint64_t{segment.number} + 1) * files.slots;
    bool ended = files.stream.epoch < rule_.running_epoch;
    if (ended && covered > 0) last = std::min(last, covered);  // all there is of it
    return covered >= last && position(in_view_, files.stream) >= last;
  }

  Result<void> find_candidates(const StreamFiles& files, WallTime next_epoch) {
    for (std::size_t i = 0; i < files.segments.size() && settled(files, files.segments[i]); ++i) {
      TG_TRY(made, made_at(disk_, files.segments[i]));
      WallTime ended = next_epoch;
      if (i + 1 < files.segments.size()) {
        TG_TRY(next_made, made_at(disk_, files.segments[i + 1]));
        ended = next_made;
      }
      candidates_.push_back({&files.segments[i], made, ended});
    }
    return {};
  }

  Result<RetentionResult> remove_candidates() {
    for (const auto& one : candidates_) {
      bool old = one.ended_before < rule_.keep_after;
      if (!old && result_.bytes <= rule_.max_bytes) continue;
      TG_TRY_VOID(disk_.remove(one.file->name));
      result_.bytes -= one.file->bytes;
      ++result_.removed;
    }
    return result_;
  }

  Disk& disk_;
  const JournalPositions& in_view_;
  const JournalPositions& covered_;
  const RetentionRule& rule_;
  std::vector<Candidate> candidates_;
  RetentionResult result_;
};

}  // namespace

Result<RetentionResult> retire_segments(Disk& disk, const JournalPositions& in_view, const JournalPositions& covered,
                                        const RetentionRule& rule) {
  return Retention(disk, in_view, covered, rule).run();
}

}  // namespace tollgate
