#include "storage/audit/retention.h"

#include <algorithm>

#include "base/text.h"

namespace tollgate {
namespace {

struct FirstLine {
  WallTime at{};
  ChainHead before{};
};

Result<std::optional<FirstLine>> first_line(Disk& disk, const AuditSegment& segment) {
  TG_TRY(reader, AuditLineReader::open(disk, segment));
  TG_TRY(line, reader.next());
  auto view = line ? read_audit_line(*line) : std::nullopt;
  auto hash = view && view->seq > 0 ? unhex(view->prev) : std::nullopt;
  FirstLine first;
  if (!hash || !parse_rfc3339(view->at, first.at)) return std::optional<FirstLine>();
  first.before.seq = view->seq - 1;
  std::ranges::copy(*hash, first.before.hash.begin());
  return std::optional(first);
}

}  // namespace

Result<std::optional<AuditRetirement>> find_old_audit_segments(Disk& disk, WallTime keep_after) {
  TG_TRY(segments, list_audit_segments(disk));
  AuditRetirement retirement;
  for (std::size_t next = 1; next < segments.size(); ++next) {
    TG_TRY(first, first_line(disk, segments[next]));
    if (!first || first->at >= keep_after) break;
    retirement.segments.push_back(segments[next - 1].name);
    retirement.last = first->before;
  }
  if (retirement.segments.empty()) return std::optional<AuditRetirement>();
  return std::optional(std::move(retirement));
}

}  // namespace tollgate
