#pragma once
// What of the machine this process may use, as cgroups limit it.

#include <cstddef>

namespace tollgate {

// Cores by affinity and CPU quota, at least 1.
int usable_cores();

// Bytes of memory: the cgroup's limit or the machine's.
std::size_t usable_memory();

}  // namespace tollgate
