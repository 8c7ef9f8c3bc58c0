#pragma once
// Work that runs beside the one who started it. The only place that spawns; whoever owns a group joins it before it goes.
// What is spawned owns what it uses: awaited in place may borrow, spawned must own.

#include <cstddef>

#include "async/task.h"
#include "async/wait.h"

namespace tollgate {

class TaskGroup {
 public:
  TaskGroup() = default;
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  // REQUIRES: empty. Join first.
  ~TaskGroup();

  // Starts at once and runs until it first waits.
  void spawn(Task<void> task);

  std::size_t size() const { return size_; }

  // Carried by the waits of what is spawned here, so that `cancel` reaches it.
  Cancellation& cancellation() { return cancellation_; }

  // Returns when nothing runs any more: Wake::ready; or earlier, by `wait`.
  struct JoinAwaiter {
    TaskGroup& group;
    Wait wait;
    Waiter waiter{};
    bool await_ready() const { return group.size_ == 0; }
    bool await_suspend(std::coroutine_handle<> handle);
    Wake await_resume() const { return waiter.wake; }
  };
  JoinAwaiter join(Wait wait) { return {*this, wait}; }

 private:
  struct Spawned;
  static Spawned drive(TaskGroup& group, Task<void> task);
  void finished();

  Cancellation cancellation_;
  Waiter* joiner_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tollgate
