#pragma once
// What is known about one socket: whether reading or writing may make progress, and whether the peer has hung up.
// At most one coroutine waits to read and one to write.

#include "async/wait.h"

namespace tollgate {

class Readiness {
 public:
  Readiness() = default;
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // Edges, from the poller. A hang-up is sticky, since its edge may come together with the last data.
  void mark_readable();
  void mark_writable();
  void mark_hung_up();

  // The socket's own calls, when a read or write could do no more.
  void drained() { readable_ = false; }
  void filled() { writable_ = false; }

  bool may_read() const { return readable_ || hung_up_; }
  bool may_write() const { return writable_; }
  bool hung_up() const { return hung_up_; }

  // While set, a hang-up of the peer cancels it: the request that this connection waits for. Cancels at once when it hung up
  // before.
  void cancel_on_hangup(Cancellation* cancellation);

  struct Awaiter {
    Readiness& readiness;
    Wait wait;
    bool reading;
    Waiter waiter{};

    bool await_ready() {
      bool ready = reading ? readiness.may_read() : readiness.may_write();
      return ready && (wait.cancellation == nullptr || !wait.cancellation->cancelled());
    }
    bool await_suspend(std::coroutine_handle<> handle);
    Wake await_resume() const { return waiter.wake; }
  };
  Awaiter readable(Wait wait) { return {*this, wait, true}; }
  Awaiter writable(Wait wait) { return {*this, wait, false}; }

 private:
  Waiter* reader_ = nullptr;
  Waiter* writer_ = nullptr;
  Cancellation* on_hangup_ = nullptr;
  bool readable_ = true;
  bool writable_ = true;
  bool hung_up_ = false;
};

}  // namespace tollgate
