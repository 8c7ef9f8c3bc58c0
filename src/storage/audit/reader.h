#pragma once
// Rows of the audit log, newest first, from the files alone, also while a gateway writes them. It reads from the end,
// so the newest rows cost no more in a large log. Nothing is proved here: verify.h does.

#include "storage/audit/segments.h"

namespace tollgate {

// Lines are in the order in which they were written, which may differ from that of their times by this much.
constexpr Duration audit_time_slack = seconds(3600);

struct AuditFilter {
  std::optional<WallTime> since{};  // from this moment on
  std::optional<WallTime> until{};  // before this moment
  std::string key{};                // name of a virtual key; empty: any
  std::string request{};            // id of a request; empty: any
  std::string kind{};               // request, change, log; empty: any
  // Pseudonyms of a user: Dictionary::persons_named. Any of them; without a value: anybody.
  std::optional<std::vector<std::uint64_t>> persons{};
  std::uint64_t before_seq = UINT64_MAX;  // to read on: older than this line
  std::size_t limit = 100;
};

struct AuditRow {
  std::uint64_t seq = 0;
  WallTime at{};
  std::string kind{};
  std::string line{};  // the JSON, sealed as it is: see readable_audit_line
};

Result<std::vector<AuditRow>> read_audit_rows(Disk& disk, const AuditFilter& filter);

}  // namespace tollgate
