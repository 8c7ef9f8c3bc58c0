#pragma once
// A task that runs beside its owner, who may look whether it is over, wait until one of several is, or give it up by dropping it.
//
//   Chime chime;
//   Beside<int> one(chime), two(chime);
//   one.start(…);
//   two.start(…);
//   co_await chime.rang(wait);   // one of them is over
//
// Dropping one that is not over destroys its frame and all that it awaits, as dropping a Task does.

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "async/task.h"
#include "async/wait.h"

namespace tollgate {

// Rings when something that is waited for has happened. One coroutine waits.
class Chime {
 public:
  Chime() = default;
  Chime(const Chime&) = delete;
  Chime& operator=(const Chime&) = delete;

  void ring() {
    rang_ = true;
    if (waiter_ != nullptr) waiter_->complete(Wake::ready);
  }

  struct Awaiter {
    Chime& chime;
    Wait wait;
    Waiter waiter{};
    bool await_ready() const { return chime.rang_; }
    bool await_suspend(std::coroutine_handle<> handle) {
      if (!waiter.begin(wait, handle)) return false;
      chime.waiter_ = &waiter;
      waiter.registered = &chime.waiter_;
      return true;
    }
    Wake await_resume() const {
      chime.rang_ = false;
      return waiter.wake;
    }
  };
  // Wake::ready when it has rang since the last time, else by `wait`.
  Awaiter rang(Wait wait) { return {*this, wait}; }

 private:
  Waiter* waiter_ = nullptr;
  bool rang_ = false;
};

template <class T>
class Beside {
 public:
  explicit Beside(Chime& chime) : chime_(chime) {}
  ~Beside() {
    if (driver_) driver_.destroy();
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  // Runs until it first waits. REQUIRES: not started yet. What the task borrows outlives this.
  void start(Task<T> task) { driver_ = drive(*this, std::move(task)).handle; }

  bool started() const { return driver_ != nullptr; }
  bool over() const { return value_.has_value(); }
  // REQUIRES: over, taken once.
  T take() { return std::move(*value_); }

 private:
  struct Driver {
    struct promise_type {
      static void* operator new(std::size_t size) { return frame_allocate(size); }
      static void operator delete(void* memory, std::size_t size) { frame_release(memory, size); }
      Driver get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_always final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() noexcept { std::terminate(); }  // a broken invariant with nobody to tell
    };
    std::coroutine_handle<> handle;
  };
  static Driver drive(Beside& self, Task<T> task) {
    {
      Task<T> running = std::move(task);
      T value = co_await std::move(running);
      self.value_.emplace(std::move(value));
    }
    self.chime_.ring();
  }

  Chime& chime_;
  std::coroutine_handle<> driver_;
  std::optional<T> value_;
};

}  // namespace tollgate
