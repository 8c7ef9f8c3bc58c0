#pragma once
// The real Poller: one edge-triggered epoll set. A descriptor is registered once, for reading and writing, and never changed.

#include <cstdint>

#include "async/poller.h"
#include "async/readiness.h"

namespace tollgate {

class EpollPoller final : public Poller {
 public:
  EpollPoller();  // throws std::system_error
  ~EpollPoller() override;

  void wait(Instant until) override;
  void wake() override;

  // `readiness` must live until the descriptor is closed, which ends the registration. False with errno set.
  bool watch(int descriptor, Readiness& readiness);
  // Forgets events of this turn that are still to be delivered: call when a watched Readiness dies.
  void forget(Readiness& readiness);

 private:
  static constexpr int batch = 256;
  int epoll_ = -1;
  int wake_ = -1;
  int delivering_ = 0;  // index and count within the batch in hand
  int delivered_ = 0;
  void* events_;  // epoll_event[batch]
};

}  // namespace tollgate
