#pragma once
// One worker's door to the audit log: hands events over, and awaits that they are durable, without a lock held or a
// system call made while it waits: the log's thread rings, the reactor answers on this thread.
//
// Belongs to the reactor's thread. Make it before the log's thread runs; it dies after that thread. Log and reactor must
// outlive it.

#include "async/reactor.h"
#include "async/task.h"
#include "storage/audit/log.h"

namespace tollgate {

class WorkerAudit {
 public:
  WorkerAudit(AuditLog& log, Reactor& reactor);
  ~WorkerAudit();
  WorkerAudit(const WorkerAudit&) = delete;

  // Error `unavailable`: the log is full, failed or closed, and whoever asked must not go on.
  template <class Event>
  Result<void> append(const Event& event) {
    encode(event, encoded_);
    return hand_over();
  }

  // Returns when all that this worker appended so far is on the disk. Error `unavailable` when that takes longer than
  // `wait`, or can no longer be had.
  Task<Result<void>> durable(Wait wait);

  // Whether new work may be begun.
  bool open_for_work() const { return log_.open_for_work(reactor_.now()); }

 private:
  struct DurableWaiter : Waiter {
    std::uint64_t target = 0;
  };
  struct DurableAwaiter;

  Result<void> hand_over();
  void wake_durable();
  bool hopeless() const { return log_.health(reactor_.now()) == AuditHealth::failed; }

  AuditLog& log_;
  Reactor& reactor_;
  EncodedEvent encoded_;
  std::uint64_t appended_ = 0;  // the newest ticket
  Doorbell committed_;
  std::size_t call_;
  List<Waiter, &Waiter::queue_node> waiting_;  // DurableWaiters, targets ascending
};

}  // namespace tollgate
