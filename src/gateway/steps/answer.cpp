#include "gateway/steps/answer.h"

#include <algorithm>

#include "gateway/attempts/attempt.h"
#include "gateway/attempts/cascade.h"
#include "gateway/attempts/enter.h"
#include "gateway/attempts/hedge.h"
#include "gateway/counting/counted_input.h"
#include "gateway/steps/admit.h"
#include "gateway/steps/choose.h"
#include "gateway/steps/pin.h"
#include "gateway/steps/recall.h"

namespace tollgate {
namespace {

constexpr int looks_max = 8;  // of a call whose room others took in between

// Whether the route's retry budget lets a call ask again whom it has asked.
bool may_repeat(const Exchange& x, Instant now) {
  const auto& share = x.route->retry.budget;
  return !share || x.route->health == nullptr || x.route->health->retries.take(now, *share);
}

Task<Result<Answer>> one_or_two(Exchange& x, Worker& worker, AttemptCursor& cursor) {
  auto after = hedge_after(x);
  if (!after) return make_try(x, worker, x.tries[0]);
  return make_hedged_try(x, worker, cursor, *after);
}

// Who answers, where what it left at its provider is, and what it leaves here. With two tries the last intent may be the other one's.
void remember(Exchange& x, Worker& worker, const Answer& answer) {
  const AttemptRow& answered = x.row_of(*x.shown);
  x.row.provider = answered.provider;
  x.row.model = answered.model;
  x.row.region = answered.region;
  remember_response(x, worker, *x.shown);
  remember_batch(x, worker, *x.shown);
  if (answer.stream == nullptr) keep_conversation(x, worker, *x.shown, answer.whole);
}

}  // namespace

Task<Result<Answer>> answer(Exchange& x, Worker& worker) {
  std::optional<AttemptCursor> cursor;
  cursor.emplace(x.plan, x.route->retry);
  int looked = 0;
  std::optional<Error> failed_before;
  std::optional<milliseconds> shortest_wait;  // of the providers that said when they have room again
  for (;;) {
    Try& first = x.tries[0];
    first.reset();
    first.target = &cursor->target();
    first.key = cursor->key();
    x.shown = &first;
    if (!enter(x, worker, first)) {
      if (cursor->pass_over()) continue;
      bool room_was_taken = !failed_before && x.route->queue && ++looked <= looks_max;
      if (room_was_taken) {
        TG_CO_TRY_VOID(co_await choose_again(x, worker));
        cursor.emplace(x.plan, x.route->retry);
        continue;
      }
      if (failed_before) co_return fail(std::move(*failed_before));
      co_return fail({.fault = Fault::overloaded, .detail = "the providers of this model have no room at the moment", .retry_after = milliseconds(1000)});
    }
    if (is_long(x.call) && x.reservation.count() > 0) TG_CO_TRY_VOID(co_await count_ahead(x, *first.target));
    TG_CO_TRY_VOID(admit_attempt(x, worker, first));
    auto got = co_await one_or_two(x, worker, *cursor);
    if (got && is_judged(x, *x.shown)) got = co_await better_of(x, worker, *cursor, std::move(*got));
    if (got) {
      remember(x, worker, *got);
      co_return std::move(got);
    }
    Error error = std::move(got).error();
    if (error.retry_after) shortest_wait = std::min(*error.retry_after, shortest_wait.value_or(*error.retry_after));
    Instant now = worker.reactor.now();
    AttemptCursor::Next next =
        cursor->after(error, x.row_of(*x.shown).phase, worker.reactor.random().next(), x.deadline - now, now);
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
