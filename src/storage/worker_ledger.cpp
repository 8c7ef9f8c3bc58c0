#include "storage/worker_ledger.h"

#include "storage/journal/rows.h"

namespace tollgate {

struct WorkerLedger::DurableAwaiter {
  WorkerLedger& ledger;
  Wait wait;
  DurableWaiter waiter{};

  bool await_ready() const { return ledger.writer_.durable() >= waiter.target || ledger.hopeless(); }
  bool await_suspend(std::coroutine_handle<> handle) {
    if (!waiter.begin(wait, handle)) return false;
    ledger.waiting_.push_back(waiter);
    return true;
  }
  Wake await_resume() const { return waiter.wake; }
};

WorkerLedger::WorkerLedger(JournalWriter& writer, Reactor& reactor, Durability durability)
    : writer_(writer),
      reactor_(reactor),
      durability_(durability),
      committed_(reactor, [](void* self) { static_cast<WorkerLedger*>(self)->wake_durable(); }, this) {
  if (durability_ == Durability::power) writer_.on_commit([this] { committed_.ring(); });
}

WorkerLedger::~WorkerLedger() { writer_.on_commit({}); }

Result<Ledger::Ticket> WorkerLedger::begin(const Intent& intent) {
  TG_TRY(space, writer_.open(RowPurpose::call));
  TG_TRY_VOID(writer_.append_intent(space, intent));
  if (free_.empty()) {
    free_.push_back(static_cast<Ticket>(spaces_.size()));
    spaces_.emplace_back();
  }
  Ticket ticket = free_.back();
  free_.pop_back();
  spaces_[ticket] = std::move(space);
  return ticket;
}

Result<void> WorkerLedger::again(Ticket ticket, const Intent& intent) {
  TG_TRY_VOID(writer_.append_intent(spaces_[ticket], intent));
  return {};
}

void WorkerLedger::progress(RequestId id, const Usage& usage, Money cost) {
  writer_.append_progress(
      {.id = id, .at_ns = reactor_.wall().ns, .cost_nano_usd = cost.nano_usd, .usage = counts_of(usage)});
}

void WorkerLedger::attempt(Ticket ticket, const AttemptRow& row) {
  // There is space for each attempt whose intent was taken; one without can only be left out.
  std::ignore = writer_.append_attempt(spaces_[ticket], row);
}

void WorkerLedger::finish(Ticket ticket, const RequestRow& row) {
  writer_.append_request(std::move(spaces_[ticket]), row);
  spaces_[ticket] = {};
  free_.push_back(ticket);
}

void WorkerLedger::shadow(const AttemptRow& row) {
  auto space = writer_.open(RowPurpose::call);
  if (!space || !writer_.append_attempt(*space, row)) return;
  if (tell_shadow_) tell_shadow_(row);
}

Result<void> WorkerLedger::refused(const RequestRow& row) {
  TG_TRY(space, writer_.open(RowPurpose::refusal));
  writer_.append_request(std::move(space), row);
  return {};
}

bool WorkerLedger::hopeless() const {
  LedgerHealth health = writer_.health();
  return health == LedgerHealth::failed || health == LedgerHealth::stalled || health == LedgerHealth::closed;
}

Task<Result<void>> WorkerLedger::durable(Wait wait) {
  if (durability_ == Durability::power) {
    DurableAwaiter awaiter{*this, wait};
    awaiter.waiter.target = writer_.appended();
    Wake wake = co_await awaiter;
    if (writer_.durable() >= awaiter.waiter.target) co_return Result<void>();
    if (wake == Wake::cancelled) co_return fail(woken_early(wake));
    co_return fail(Fault::unavailable, "the ledger could not be made durable in time");
  }
  if (hopeless()) co_return fail(Fault::unavailable, "the ledger's disk does not take what it is given");
  co_return Result<void>();
}

void WorkerLedger::wake_durable() {
  Lsn durable = writer_.durable();
  bool all = hopeless();
  while (Waiter* first = waiting_.front()) {
    if (!all && static_cast<DurableWaiter*>(first)->target > durable) return;
    waiting_.pop_front();
    first->complete(Wake::ready);
  }
}

}  // namespace tollgate
