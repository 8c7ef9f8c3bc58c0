#pragma once
// What processes have used so far, summed over them and their threads, from /proc.
//
// CPU is the scheduler's on-CPU time (first field of /proc/PID/task/TID/schedstat, nanoseconds), where the kernel has
// it, else utime + stime of /proc/PID/stat in ticks. A process that is gone counts as nothing.

#include <cstdint>
#include <vector>

namespace tollgate::bench {

struct ProcUsage {
  std::int64_t cpu_ns = 0;
  std::int64_t view_cpu_ns = 0;       // of it in threads named "view": the ledger's SQLite view, which no request waits for
  std::int64_t context_switches = 0;  // voluntary and not
  std::int64_t resident_kib = 0;      // VmRSS
  std::int64_t anonymous_kib = 0;     // of it RssAnon, what the process itself allocated

  static ProcUsage of(const std::vector<int>& processes);
};

}  // namespace tollgate::bench
