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

WorkerAudit::WorkerAudit(AuditLog& log, Reactor& reactor, const crypto::HmacKey& digest, Durability durability)
    : log_(log),
      reactor_(reactor),
      digest_(digest),
      durability_(durability),
      committed_(reactor, [](void* self) { static_cast<WorkerAudit*>(self)->wake_durable(); }, this),
      call_(log.on_durable([this] { committed_.ring(); })) {}

WorkerAudit::~WorkerAudit() { log_.remove(call_); }

Result<void> WorkerAudit::hand_over() {
  TG_TRY(ticket, log_.append(encoded_));
  appended_ = ticket;
  return {};
}

Task<Result<void>> WorkerAudit::durable(Mark mark, Wait wait) {
  if (durability_ == Durability::process && !hopeless()) co_return Result<void>();
  DurableAwaiter awaiter{*this, wait};
  awaiter.waiter.target = mark;
  Wake wake = co_await awaiter;
  if (log_.durable() >= awaiter.waiter.target) co_return Result<void>();
  if (wake == Wake::cancelled) co_return fail(woken_early(wake));
  co_return fail(Fault::unavailable, "the audit log could not be made durable in time");
}

void WorkerAudit::wake_durable() {
  const bool all = hopeless();
  const std::uint64_t durable = log_.durable();
  List<Waiter, &Waiter::queue_node> later;  // marks are nearly in order, but not quite: who waits may have waited for others first
  while (Waiter* first = waiting_.pop_front()) {
    if (all || static_cast<DurableWaiter*>(first)->target <= durable)
      first->complete(Wake::ready);
    else
      later.push_back(*first);
  }
  waiting_.take_all(later);
}

}  // namespace tollgate
