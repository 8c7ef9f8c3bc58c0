#pragma once
// One thread's loop: resumes what is ready, fires timers, sleeps in its Poller. Nothing in it is shared with other threads but
// Doorbells, by which they ask for attention.

#include <atomic>
#include <vector>

#include "async/clock.h"
#include "async/poller.h"
#include "async/random.h"
#include "async/wait.h"

namespace tollgate {

class Doorbell;

class Reactor {
 public:
  // All three outlive the reactor.
  Reactor(Clock& clock, Random& random, Poller& poller);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // The reactor whose turn runs on this thread. REQUIRES: there is one.
  static Reactor& current();

  // Runs turns until stop().
  void run();
  void stop();  // from any thread

  // Runs turns until `done` is true: for tests and for programs that ask one question.
  template <class Predicate>
  void run_until(Predicate done) {
    Turn turn(*this);
    for (resume_ready(); !done(); resume_ready()) await_events();
  }

  // Read once for each turn.
  Instant now() const { return now_; }
  WallTime wall() const { return wall_; }
  Clock& clock() { return clock_; }
  Random& random() { return random_; }
  TimerWheel& timers() { return timers_; }

  void make_ready(Waiter& waiter) { ready_.push_back(waiter); }

  // Makes this reactor the current one while it lives: for work that is set up outside its turns.
  class Turn {
   public:
    explicit Turn(Reactor& reactor);
    ~Turn();

   private:
    Reactor* previous_;
  };

 private:
  friend Doorbell;
  void resume_ready();
  void await_events();
  void read_clocks();
  void answer_doorbells();

  Clock& clock_;
  Random& random_;
  Poller& poller_;
  Instant now_;
  WallTime wall_;
  TimerWheel timers_;
  List<Waiter, &Waiter::queue_node> ready_;
  std::vector<Doorbell*> doorbells_;
  std::atomic<bool> rung_{false};
  std::atomic<bool> stopping_{false};
};

// Lets other threads call a function on a reactor's thread. Rings that come before the answer are one ring.
class Doorbell {
 public:
  using Answer = void (*)(void*);
  // Made and destroyed on the reactor's thread, or while it does not run.
  Doorbell(Reactor& reactor, Answer answer, void* context);
  ~Doorbell();
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  void ring();  // from any thread

 private:
  friend Reactor;
  Reactor& reactor_;
  Answer answer_;
  void* context_;
  std::atomic<bool> rung_{false};
};

// co_await sleep(wait): ends at wait.until, or earlier when cancelled.
struct SleepAwaiter {
  Wait wait;
  Waiter waiter{};
  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> handle) { return waiter.begin(wait, handle); }
  Wake await_resume() const { return waiter.wake; }
};
inline SleepAwaiter sleep(Wait wait) { return {wait}; }

// co_await next_turn(): lets everything else that is ready go first.
struct TurnAwaiter {
  Waiter waiter{};
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiter.begin({}, handle);
    waiter.complete(Wake::ready);
  }
  void await_resume() const {}
};
inline TurnAwaiter next_turn() { return {}; }

}  // namespace tollgate
