#pragma once
// Task<T>: a coroutine that runs when it is awaited and hands its value to the one who awaited it.
//
// It is lazy, has one owner and one awaiter, and stays on its thread. Destroying a task that is suspended destroys its frame
// and with it everything it awaits: that is how work is abandoned, and why clean-up lives in destructors.
//
// A child that finishes without suspending returns into its parent directly, so a loop over ready tasks does not deepen the
// stack, with or without optimisation. Frames come from the thread's pool (frame_pool.h).

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "async/frame_pool.h"

namespace tollgate {

template <class T>
class Task;

namespace detail {

struct PromiseBase {
  std::coroutine_handle<> awaiter;
  std::exception_ptr broken;       // a broken invariant, handed to the awaiter
  bool awaiter_suspended = false;  // false while the awaiter is still inside await_suspend

  static void* operator new(std::size_t size) { return frame_allocate(size); }
  static void operator delete(void* memory, std::size_t size) { frame_release(memory, size); }

  std::suspend_always initial_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { broken = std::current_exception(); }

  struct Finished {
    bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> finished) noexcept {
      PromiseBase& promise = finished.promise();
      return promise.awaiter_suspended ? promise.awaiter : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  Finished final_suspend() noexcept { return {}; }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (broken) std::rethrow_exception(broken);
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() {}
  void take() {
    if (broken) std::rethrow_exception(broken);
  }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() { destroy(); }

  auto operator co_await() && noexcept {
    struct Awaiter {
      Handle child;
      bool await_ready() noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> parent) noexcept {
        child.promise().awaiter = parent;
        child.resume();
        if (child.done()) return false;
        child.promise().awaiter_suspended = true;
        return true;
      }
      T await_resume() { return child.promise().take(); }
    };
    return Awaiter{handle_};
  }

 private:
  friend promise_type;
  explicit Task(Handle handle) : handle_(handle) {}
  void destroy() {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }
  Handle handle_;
};

template <class T>
Task<T> detail::Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> detail::Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

}  // namespace tollgate
