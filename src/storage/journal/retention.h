#pragma once
// Which segments may go. One goes only when the view holds its rows durably and a checkpoint covers it, and then when
// it is older than `keep`, or when the journal is larger than its maximum (oldest first). Streams lose segments from
// their beginning only.

#include "storage/journal/reader.h"

namespace tollgate {

struct RetentionRule {
  WallTime keep_after;          // what ended before this is old
  std::uint64_t max_bytes = 0;  // of all segments together
  std::uint32_t running_epoch = 0;
};

struct RetentionResult {
  std::uint64_t bytes = 0;  // what is left
  std::uint64_t removed = 0;
};

// `in_view` and `covered` are positions that survive a power cut.
Result<RetentionResult> retire_segments(Disk& disk, const JournalPositions& in_view, const JournalPositions& covered,
                                        const RetentionRule& rule);

}  // namespace tollgate
