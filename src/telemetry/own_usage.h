#pragma once
// What this program itself takes of the machine, as the kernel says. Reads a few small files of /proc/self; what
// cannot be read (a sandbox, another kernel) is -1.

#include <cstdint>

namespace tollgate {

struct OwnUsage {
  std::int64_t cpu_us = -1;  // user and system, all threads
  std::int64_t resident_bytes = -1;
  std::int64_t virtual_bytes = -1;
  std::int64_t open_fds = -1;
  std::int64_t max_fds = -1;
};

OwnUsage own_usage();

}  // namespace tollgate
