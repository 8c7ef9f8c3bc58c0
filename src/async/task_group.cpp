#include "async/task_group.h"

#include <cassert>

namespace tollgate {

// A coroutine that starts at once and frees itself at its end.
struct TaskGroup::Spawned {
  struct promise_type {
    static void* operator new(std::size_t size) { return frame_allocate(size); }
    static void operator delete(void* memory, std::size_t size) { frame_release(memory, size); }
    Spawned get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept { std::terminate(); }  // a broken invariant with nobody to tell
  };
};

TaskGroup::~TaskGroup() { assert(size_ == 0); }

TaskGroup::Spawned TaskGroup::drive(TaskGroup& group, Task<void> task) {
  {
    Task<void> running = std::move(task);
    co_await std::move(running);
  }
  group.finished();
}

void TaskGroup::spawn(Task<void> task) {
  ++size_;
  drive(*this, std::move(task));
}

void TaskGroup::finished() {
  if (--size_ == 0 && joiner_ != nullptr) joiner_->complete(Wake::ready);
}

bool TaskGroup::JoinAwaiter::await_suspend(std::coroutine_handle<> handle) {
  if (!waiter.begin(wait, handle)) return false;
  group.joiner_ = &waiter;
  waiter.registered = &group.joiner_;
  return true;
}

}  // namespace tollgate
