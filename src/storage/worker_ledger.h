#pragma once
// One worker's door to the durable ledger: the port Ledger on top of its JournalWriter.
//
// It keeps the row space of each call between `begin` and `finish`, and wakes those who wait for a group to become
// durable: the journal's thread rings, the reactor answers on this thread. With Durability::process nobody waits.
//
// Belongs to the reactor's thread. Writer and reactor must outlive it; it dies when no call is open.

#include <functional>
#include <vector>

#include "async/reactor.h"
#include "ports/ledger.h"
#include "storage/config.h"
#include "storage/journal/writer.h"

namespace tollgate {

class WorkerLedger final : public Ledger {
 public:
  // Make it before the journal runs.
  WorkerLedger(JournalWriter& writer, Reactor& reactor, Durability durability);
  // REQUIRES: no commit runs, since its end would ring here.
  ~WorkerLedger() override;
  WorkerLedger(const WorkerLedger&) = delete;

  Result<Ticket> begin(const Intent& intent) override;
  Result<void> again(Ticket ticket, const Intent& intent) override;
  void progress(RequestId id, const Usage& usage, Money cost) override;
  void attempt(Ticket ticket, const AttemptRow& row) override;
  void finish(Ticket ticket, const RequestRow& row) override;
  void shadow(const AttemptRow& row) override;
  // Called with each shadow's row once the journal has it: the audit log has an event for every row.
  void tell_shadows(std::function<void(const AttemptRow& row)> tell) { tell_shadow_ = std::move(tell); }
  Result<void> refused(const RequestRow& row) override;
  Task<Result<void>> durable(Wait wait) override;

  LedgerHealth health() const { return writer_.health(); }
  // Calls whose final row is still to come.
  std::size_t open_calls() const { return spaces_.size() - free_.size(); }

 private:
  struct DurableWaiter : Waiter {
    Lsn target;
  };
  struct DurableAwaiter;

  void wake_durable();
  bool hopeless() const;

  JournalWriter& writer_;
  Reactor& reactor_;
  Durability durability_;
  Doorbell committed_;
  List<Waiter, &Waiter::queue_node> waiting_;  // DurableWaiters, targets ascending
  std::function<void(const AttemptRow& row)> tell_shadow_;
  std::vector<RowSpace> spaces_;               // by ticket
  std::vector<Ticket> free_;                   // tickets that nobody holds
};

}  // namespace tollgate
