#include "gateway/steps/answer.h"

#include <algorithm>

#include "gateway/attempts/attempt.h"
#include "gateway/steps/admit.h"

namespace tollgate {

Task<Result<Answer>> answer(Exchange& x, Worker& worker) {
  AttemptCursor cursor(x.plan, x.route->retry);
  std::optional<milliseconds> shortest_wait;  // of the providers that said when they have room again
  for (;;) {
    const Target& target = cursor.target();
    const ProviderKey* key = cursor.key();
    TG_CO_TRY_VOID(admit_attempt(x, worker, target, key));
    auto got = co_await try_target(x, worker, target, key);
    if (got) co_return std::move(got);
    Error error = std::move(got).error();
    if (error.retry_after) shortest_wait = std::min(*error.retry_after, shortest_wait.value_or(*error.retry_after));
    Instant now = worker.reactor.now();
    AttemptCursor::Next next =
        cursor.after(error, x.attempt().phase, worker.reactor.random().next(), x.deadline - now);
    if (!next.go || x.attempt_count == Ledger::attempts_max) {
      if (error.retry_after) error.retry_after = shortest_wait;
      co_return fail(std::move(error));
    }
    if (next.after == Duration(0)) continue;
    Wake wake = co_await sleep(x.wait().at_most(now + next.after));
    x.elsewhere += worker.reactor.now() - now;
    if (wake == Wake::cancelled) co_return fail(Fault::client_gone, "the client left");
  }
}

}  // namespace tollgate
