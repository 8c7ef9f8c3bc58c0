#include "app/machine.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr int cores_most = 1024;

std::string first_line(const char* path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

// cgroup v2: "max 100000" or "150000 100000", in microseconds of each period.
int cores_by_quota() {
  std::string line = first_line("/sys/fs/cgroup/cpu.max");
  auto words = split(line, ' ');
  if (words.size() != 2) return cores_most;
  auto quota = parse_u64(words[0]), period = parse_u64(words[1]);
  if (!quota || !period || *period == 0) return cores_most;
  return static_cast<int>(std::max<std::uint64_t>(1, *quota / *period));
}

}  // namespace

int usable_cores() {
  cpu_set_t set;
  int by_affinity = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return std::clamp(std::min(by_affinity, cores_by_quota()), 1, cores_most);
}

std::size_t usable_memory() {
  auto pages = static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES));
  std::size_t machine = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  auto limit = parse_u64(first_line("/sys/fs/cgroup/memory.max"));
  return limit ? std::min<std::size_t>(machine, *limit) : machine;
}

}  // namespace tollgate
