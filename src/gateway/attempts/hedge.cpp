#include "gateway/attempts/hedge.h"

#include "async/beside.h"
#include "gateway/attempts/attempt.h"
#include "gateway/attempts/enter.h"
#include "gateway/steps/admit.h"

namespace tollgate {
namespace {

using Run = Beside<Result<Answer>>;

// Takes place, budget and money for a second try; false: there will be none.
bool begin_second(Exchange& x, Worker& worker, const AttemptCursor& cursor) {
  const Candidate* next = cursor.beside();
  if (next == nullptr || x.attempt_count >= Ledger::attempts_max) return false;
  Try& second = x.tries[1];
  second.reset();
  second.target = next->target;
  const auto& keys = next->target->keys;
  second.key = keys.empty() ? nullptr : &keys[next->standing.key % keys.size()];
  // The budget first: who enters may take a breaker's only probe.
  if (!x.route->health->hedges.take(worker.reactor.now(), x.route->hedge->budget) || !enter(x, worker, second)) return false;
  bool admitted = admit_attempt(x, worker, second).has_value();
  if (!admitted) second.flight = {};
  return admitted;
}

// What is over of a try that does not answer.
void give_up(Exchange& x, Worker& worker, Try& loser, Run& run) {
  if (!run.started()) return;
  if (run.over()) {
    auto result = run.take();
    if (!result) return;  // its row is closed
    if (result->stream != nullptr) return result->stream->abandon();
  }
  abandon(x, worker, loser);
}

bool answered(Run& run, std::optional<Result<Answer>>& result) {
  if (result || !run.started() || !run.over()) return result.has_value() && result->has_value();
  result = run.take();
  return result->has_value();
}

bool is_hopeless(const std::optional<Result<Answer>>& result) {
  return result && !result->has_value() && result->error().retry == Retry::never;
}

}  // namespace

std::optional<Duration> hedge_after(const Exchange& x) {
  if (!x.route->hedge || x.route->health == nullptr) return std::nullopt;
  bool twice = x.door.operation != Operation::passthrough && x.tries[0].target->health != nullptr;
  if (!twice) return std::nullopt;
  if (x.route->hedge->after) return x.route->hedge->after;
  auto us = x.tries[0].target->health->first_token_us_spread[x.call.stream ? 1 : 0].at(HedgeConfig::usual);
  return us ? std::optional<Duration>(std::chrono::microseconds(*us)) : std::nullopt;
}

Task<Result<Answer>> make_hedged_try(Exchange& x, Worker& worker, AttemptCursor& cursor, Duration after) {
  Try &first = x.tries[0], &second = x.tries[1];
  Chime chime;
  Run one(chime), two(chime);
  one.start(make_try(x, worker, first));
  // Waits for tries have no end of their own: each try has its deadlines.
  std::ignore = co_await chime.rang({worker.reactor.now() + after, nullptr});
  bool hedged = !one.over() && begin_second(x, worker, cursor);
  if (!hedged) {
    while (!one.over()) std::ignore = co_await chime.rang({});
    co_return one.take();
  }
  two.start(make_try(x, worker, second));
  std::optional<Result<Answer>> of_first, of_second;
  for (;;) {
    if (answered(one, of_first) || is_hopeless(of_first)) {
      give_up(x, worker, second, two);
      co_return std::move(*of_first);
    }
    if (answered(two, of_second)) {
      give_up(x, worker, first, one);
      x.shown = &second;
      co_return std::move(*of_second);
    }
    if (of_first && of_second) break;
    std::ignore = co_await chime.rang({});
  }
  cursor.pass_over();
  if (is_hopeless(of_second)) co_return std::move(*of_first);  // the second's own reasons need not be the next one's
  x.shown = &second;
  co_return std::move(*of_second);
}

}  // namespace tollgate
