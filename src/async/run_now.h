#pragma once
// Runs a task that never waits, where nobody can await it: in a command, in a call-back.

#include <cassert>
#include <exception>
#include <optional>

#include "async/task.h"

namespace tollgate {

// REQUIRES: everything that the task awaits is ready.
template <class T>
T run_now(Task<T> task) {
  struct Starter {
    struct promise_type {
      Starter get_return_object() { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };
  };
  std::optional<T> value;
  [](Task<T> work, std::optional<T>& out) -> Starter { out.emplace(co_await std::move(work)); }(std::move(task), value);
  assert(value);
  return std::move(*value);
}

}  // namespace tollgate
