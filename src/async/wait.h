#pragma once
// How long an await on the world may last, and who may end it early. Every such await takes a Wait; it travels with the
// exchange and its time only shrinks.
//
// A Waiter is one suspended coroutine. Whatever completes it first wins: what it waited for, its deadline, or a cancellation.
// It is resumed by the reactor in its next turn, never from inside the event.

#include <algorithm>
#include <coroutine>
#include <cstdint>

#include "async/list.h"
#include "async/timer_wheel.h"
#include "base/result.h"
#include "base/time.h"

namespace tollgate {

class Reactor;
class Cancellation;

enum class Wake : std::uint8_t { ready, timeout, cancelled };

struct Wait {
  Instant until = Instant::never();
  Cancellation* cancellation = nullptr;

  // The same wait, but not past `at`.
  Wait at_most(Instant at) const { return {std::min(until, at), cancellation}; }
};

struct Waiter : Timer {
  std::coroutine_handle<> coroutine;
  ListNode cancel_node;
  ListNode queue_node;  // in what it waits for, then in the reactor's ready queue
  Waiter** registered = nullptr;  // the slot of a Readiness that points here
  Reactor* reactor = nullptr;
  Wake wake = Wake::ready;
  bool completed = false;

  ~Waiter();
  // Arms deadline and cancellation. False when one of them has already happened: `wake` says which; do not suspend then.
  bool begin(Wait wait, std::coroutine_handle<> handle);
  void complete(Wake reason);
};

// Ends all awaits that carry it, now and later. One for each request; not shared between threads.
class Cancellation {
 public:
  Cancellation() = default;
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  void cancel();
  bool cancelled() const { return cancelled_; }
  // For a request that begins on a connection whose last one is over. REQUIRES: nobody waits.
  void reset() { cancelled_ = false; }

 private:
  friend Waiter;
  List<Waiter, &Waiter::cancel_node> waiters_;
  bool cancelled_ = false;
};

// The Error of an await that ended early: `deadline` or `cancelled`. The owner of the wait says what it means.
Error woken_early(Wake wake);

}  // namespace tollgate
