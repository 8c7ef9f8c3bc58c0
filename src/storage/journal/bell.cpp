#include "storage/journal/bell.h"

#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tollgate {

void Bell::wake() {
  if (asleep_.exchange(0, std::memory_order_relaxed) == 0) return;  // somebody else rang
  ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&asleep_), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

void Bell::sleep(Duration longest) {
  constexpr std::int64_t second = 1'000'000'000;
  timespec wait{.tv_sec = longest.count() / second, .tv_nsec = longest.count() % second};
  ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&asleep_), FUTEX_WAIT_PRIVATE, 1, &wait, nullptr, 0);
}

}  // namespace tollgate
