#pragma once
// Which whole segments of the audit log are older than it is kept. The segment that is written never goes.

#include "storage/audit/segments.h"

namespace tollgate {

struct AuditRetirement {
  std::vector<std::string> segments{};  // oldest first
  ChainHead last{};                     // the newest line among them: where the log begins afterwards
};

// A segment is old when the first line of the next one is from before `keep_after`. None: nothing is to go.
Result<std::optional<AuditRetirement>> find_old_audit_segments(Disk& disk, WallTime keep_after);

}  // namespace tollgate
