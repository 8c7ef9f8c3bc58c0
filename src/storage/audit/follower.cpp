#include "storage/audit/follower.h"

#include <algorithm>
#include <utility>

#include "audit/line.h"

namespace tollgate {
namespace {

// The segment that has this line; when it is gone, the first one that is left. Null: there is none.
const AuditSegment* segment_of(const std::vector<AuditSegment>& segments, std::uint64_t seq) {
  auto behind = std::ranges::upper_bound(segments, seq, {}, &AuditSegment::first_seq);
  if (behind != segments.begin()) return &*std::prev(behind);
  return segments.empty() ? nullptr : &segments.front();
}

}  // namespace

Result<std::vector<FollowedLine>> AuditFollower::next(std::uint64_t up_to, std::size_t lines_max, std::size_t bytes_max) {
  std::vector<FollowedLine> lines;
  ahead_ = {seq_, segment_, offset_};
  gap_ = 0;
  if (seq_ >= up_to) return lines;
  TG_TRY(segments, list_audit_segments(disk_));
  // A segment may be at its end, and the next one hold the next line.
  for (int looks = 0; looks < 2 && lines.empty(); ++looks) {
    const AuditSegment* segment = segment_of(segments, ahead_.seq + 1);
    if (segment == nullptr) return lines;
    if (segment->first_seq != ahead_.segment) ahead_ = {ahead_.seq, segment->first_seq, 0};
    TG_TRY_VOID(read_segment(*segment, up_to, lines_max, bytes_max, lines));
  }
  if (!lines.empty()) gap_ = lines.front().seq - seq_ - 1;
  return lines;
}

Result<void> AuditFollower::read_segment(const AuditSegment& segment, std::uint64_t up_to, std::size_t lines_max,
                                         std::size_t bytes_max, std::vector<FollowedLine>& lines) {
  if (segment.bytes <= ahead_.offset) return {};
  const std::uint64_t from = ahead_.offset;
  TG_TRY(reader, AuditLineReader::open(disk_, segment, from));
  std::size_t bytes = 0;
  while (lines.size() < lines_max && bytes < bytes_max) {
    TG_TRY(line, reader.next());
    if (!line) return {};
    auto view = read_audit_line(*line);
    if (!view || view->seq > up_to) return {};
    ahead_.offset = from + reader.given();
    if (view->seq <= ahead_.seq) continue;
    ahead_.seq = view->seq;
    bytes += line->size();
    lines.push_back({view->seq, std::string(view->at), std::string(view->kind), std::string(*line)});
  }
  return {};
}

void AuditFollower::take() {
  if (ahead_.seq <= seq_) return;
  missed_ += std::exchange(gap_, 0);
  segment_ = ahead_.segment, offset_ = ahead_.offset, seq_ = ahead_.seq;
}

void AuditFollower::back_to(std::uint64_t seq) {
  seq_ = seq;
  segment_ = offset_ = 0;
}

}  // namespace tollgate
