#include "storage/worker_audit.h"

namespace tollgate {

struct WorkerAudit::DurableAwaiter {
  WorkerAudit& audit;
  Wait wait;
  DurableWaiter waiter{};

  bool await_ready() const { return audit.log_.durable() >= waiter.target || audit.hopeless(); }
  bool await_suspend(std::coroutine_handle<> handle) {
    if (!waiter.begin(wait, handle)) return false;
    audit.waiting_.push_back(waiter);
    return true;
  }
  Wake await_resume() const { return waiter.wake; }
};

WorkerAudit::WorkerAudit(AuditLog& log, Reactor& reactor)
    : log_(log),
      reactor_(reactor),
      committed_(reactor, [](void* self) { static_cast<WorkerAudit*>(self)->wake_durable(); }, this),
      call_(log.on_durable([this] { committed_.ring(); })) {}

WorkerAudit::~WorkerAudit() { log_.remove(call_); }

Result<void> WorkerAudit::hand_over() {
  TG_TRY(ticket, log_.append(encoded_));
  appended_ = ticket;
  return {};
}

Task<Result<void>> WorkerAudit::durable(Wait wait) {
  DurableAwaiter awaiter{*this, wait};
  awaiter.waiter.target = appended_;
  Wake wake = co_await awaiter;
  if (log_.durable() >= awaiter.waiter.target) co_return Result<void>();
  if (wake == Wake::cancelled) co_return fail(woken_early(wake));
  co_return fail(Fault::unavailable, "the audit log could not be made durable in time");
}

void WorkerAudit::wake_durable() {
  const bool all = hopeless();
  while (Waiter* first = waiting_.front()) {
    if (!all && static_cast<DurableWaiter*>(first)->target > log_.durable()) return;
    waiting_.pop_front();
    first->complete(Wake::ready);
  }
}

}  // namespace tollgate
