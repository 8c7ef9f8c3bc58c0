#include "gateway/steps/answer.h"

#include <algorithm>

#include "gateway/attempts/attempt.h"
#include "gateway/steps/admit.h"

namespace tollgate {
namespace {

// Takes a place at the target; false where its breaker or its bound says no meanwhile.
bool enter(Exchange& x, Worker& worker, const Target& target) {
  if (target.health == nullptr) return true;
  const auto& breaker = x.route->breaker;
  bool open = breaker && !target.health->breaker.enter(worker.reactor.now(), worker.reactor.random().next(), *breaker);
  if (open) return false;
  x.flight = Flight(target.health);
  int in_flight = target.health->in_flight.load(std::memory_order_relaxed);
  if (target.max_in_flight == 0 || in_flight <= target.max_in_flight) return true;
  x.flight = {};
  return false;
}

// Whether the route's retry budget lets a call ask again whom it has asked.
bool may_repeat(const Exchange& x, Instant now) {
  const auto& share = x.route->retry.budget;
  return !share || x.route->health == nullptr || x.route->health->retries.take(now, *share);
}

}  // namespace

Task<Result<Answer>> answer(Exchange& x, Worker& worker) {
  AttemptCursor cursor(x.plan, x.route->retry);
  std::optional<Error> failed_before;
  std::optional<milliseconds> shortest_wait;  // of the providers that said when they have room again
  for (;;) {
    const Target& target = cursor.target();
    const ProviderKey* key = cursor.key();
    if (!enter(x, worker, target)) {
      if (cursor.pass_over()) continue;
      if (failed_before) co_return fail(std::move(*failed_before));
      co_return fail({.fault = Fault::overloaded, .detail = "the providers of this model have no room at the moment", .retry_after = milliseconds(1000)});
    }
    TG_CO_TRY_VOID(admit_attempt(x, worker, target, key));
    auto got = co_await try_target(x, worker, target, key);
    if (got) co_return std::move(got);
    Error error = std::move(got).error();
    if (error.retry_after) shortest_wait = std::min(*error.retry_after, shortest_wait.value_or(*error.retry_after));
    Instant now = worker.reactor.now();
    AttemptCursor::Next next =
        cursor.after(error, x.attempt().phase, worker.reactor.random().next(), x.deadline - now, now);
    bool go = next.go && x.attempt_count < Ledger::attempts_max && (!next.repeats || may_repeat(x, now));
    if (!go) {
      if (error.retry_after) error.retry_after = shortest_wait;
      co_return fail(std::move(error));
    }
    failed_before = std::move(error);
    if (next.after == Duration(0)) continue;
    Wake wake = co_await sleep(x.wait().at_most(now + next.after));
    x.elsewhere += worker.reactor.now() - now;
    if (wake == Wake::cancelled) co_return fail(Fault::client_gone, "the client left");
  }
}

}  // namespace tollgate
