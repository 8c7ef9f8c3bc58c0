#pragma once
// One worker's door to the audit log, the port AuditSink: hands events over, and awaits that they are durable, without a lock held or a
// system call made while it waits: the log's thread rings, the reactor answers on this thread.
//
// Belongs to the reactor's thread. Make it before the log's thread runs; it dies after that thread. Log and reactor must
// outlive it.

#include "async/reactor.h"
#include "async/task.h"
#include "audit/shadow.h"
#include "ports/audit_sink.h"
#include "storage/audit/log.h"
#include "storage/config.h"

namespace tollgate {

class WorkerAudit final : public AuditSink {
 public:
  // `digest` makes fingerprints: the vault's house key `audit_digest`. `durability` is the ledger's: with `process` nobody
  // waits, since a start after a crash finds in the ledger what the log lost.
  WorkerAudit(AuditLog& log, Reactor& reactor, const crypto::HmacKey& digest, Durability durability);
  ~WorkerAudit() override;
  WorkerAudit(const WorkerAudit&) = delete;

  Result<void> append(const AuditRequest& event) override { return encode_and_hand_over(event); }
  Result<void> append(const AuditStranger& event) override { return encode_and_hand_over(event); }
  // Of a row that the ledger has taken.
  Result<void> append(const AuditShadow& event) { return encode_and_hand_over(event); }
  Mark appended() const override { return appended_; }
  Task<Result<void>> durable(Mark mark, Wait wait) override;
  bool open_for_work() const override { return log_.open_for_work(reactor_.now()); }
  Fingerprint fingerprint(std::string_view body) const override { return tollgate::fingerprint(digest_, body); }

 private:
  struct DurableWaiter : Waiter {
    std::uint64_t target = 0;
  };
  struct DurableAwaiter;

  template <class Event>
  Result<void> encode_and_hand_over(const Event& event) {
    encode(event, encoded_);
    return hand_over();
  }
  Result<void> hand_over();
  void wake_durable();
  bool hopeless() const { return log_.health(reactor_.now()) == AuditHealth::failed; }

  AuditLog& log_;
  Reactor& reactor_;
  const crypto::HmacKey digest_;
  const Durability durability_;
  EncodedEvent encoded_;
  std::uint64_t appended_ = 0;  // the newest ticket
  Doorbell committed_;
  std::size_t call_;
  List<Waiter, &Waiter::queue_node> waiting_;  // DurableWaiters
};

}  // namespace tollgate
