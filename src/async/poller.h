#pragma once
// Where a reactor sleeps: the seam between our runtime and the world. The real one is epoll (epoll_poller.h); the simulator's
// moves virtual time forward instead of sleeping.

#include "base/time.h"

namespace tollgate {

class Poller {
 public:
  virtual ~Poller() = default;

  // Delivers what happened since the last call to its Readiness objects, sleeping until something does or `until` is reached.
  virtual void wait(Instant until) = 0;

  // Ends a sleep in `wait`, or the next one. From any thread.
  virtual void wake() = 0;
};

}  // namespace tollgate
