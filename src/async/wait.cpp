#include "async/wait.h"

#include <utility>

#include "async/reactor.h"

namespace tollgate {

Waiter::~Waiter() {
  if (registered != nullptr) *registered = nullptr;
}

bool Waiter::begin(Wait wait, std::coroutine_handle<> handle) {
  reactor = &Reactor::current();
  coroutine = handle;
  completed = false;
  if (wait.cancellation != nullptr && wait.cancellation->cancelled()) {
    wake = Wake::cancelled;
    return false;
  }
  if (wait.until <= reactor->now()) {
    wake = Wake::timeout;
    return false;
  }
  fire = [](Timer& timer) { static_cast<Waiter&>(timer).complete(Wake::timeout); };
  reactor->timers().arm(*this, wait.until);
  if (wait.cancellation != nullptr) wait.cancellation->waiters_.push_back(*this);
  return true;
}

void Waiter::complete(Wake reason) {
  if (completed) return;
  completed = true;
  wake = reason;
  disarm();
  cancel_node.leave();
  if (registered != nullptr) *std::exchange(registered, nullptr) = nullptr;
  reactor->make_ready(*this);
}

void Cancellation::cancel() {
  if (std::exchange(cancelled_, true)) return;
  while (Waiter* waiter = waiters_.pop_front()) waiter->complete(Wake::cancelled);
}

Error woken_early(Wake wake) {
  if (wake == Wake::cancelled) return {.fault = Fault::cancelled, .detail = "cancelled"};
  return {.fault = Fault::deadline, .detail = "the deadline passed"};
}

}  // namespace tollgate
