#include "gateway/durable.h"

#include "gateway/attempts/judge.h"

namespace tollgate {

Task<Result<void>> durable(Worker& worker) {
  const Wait wait{worker.reactor.now() + durable_within, nullptr};
  AuditSink* audit = worker.audit;
  const AuditSink::Mark mark = audit == nullptr ? 0 : audit->appended();
  TG_CO_TRY_VOID(co_await worker.ledger.durable(wait));
  if (audit == nullptr) co_return Result<void>{};
  co_return co_await audit->durable(mark, wait);
}

}  // namespace tollgate
