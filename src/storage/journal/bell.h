#pragma once
// Wakes a thread of the journal that sleeps, and costs those who ring no system call while it is awake.

#include <atomic>
#include <cstdint>

#include "base/time.h"

namespace tollgate {

class Bell {
 public:
  // Any thread, after it stored what `ready` looks at. Both must be sequentially consistent, so that either the sleeper
  // sees the store or the ringer sees the sleeper.
  void ring() {
    if (asleep_.load(std::memory_order_seq_cst) != 0) wake();
  }

  // One thread. Returns at a ring since the last call, or after `longest`. `ready` is asked once more before sleeping:
  // rings that came while nobody slept are not kept, so it must look at what the ringers store.
  template <class Ready>
  void wait(Duration longest, Ready ready) {
    asleep_.store(1, std::memory_order_seq_cst);
    if (!ready()) sleep(longest);
    asleep_.store(0, std::memory_order_relaxed);
  }

 private:
  void wake();
  void sleep(Duration longest);

  std::atomic<std::uint32_t> asleep_ = 0;  // the futex word: 1 while somebody sleeps or is about to
};

}  // namespace tollgate
