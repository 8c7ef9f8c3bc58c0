#include "gateway/steps/admit.h"

#include <algorithm>

#include "gateway/attempts/may_use.h"
#include "gateway/attempts/meter.h"
#include "gateway/counting/counted_input.h"
#include "gateway/settlement.h"
#include "gateway/steps/choose.h"
#include "gateway/steps/clamp.h"
#include "limits/reservation.h"
#include "routing/health.h"

namespace tollgate {
namespace {

bool any_money(const Matches& matches) {
  return std::any_of(matches.begin(), matches.end(), [](const Limit* limit) { return limit->measure == Measure::usd; });
}

constexpr auto look_every = milliseconds(10);
constexpr int downgrades_max = 4;

struct Refused {
  LimitRefusal by;
  Error error;
};

// Reserves for the first target of the plan; empty: it did, or no limit concerns the call.
Result<std::optional<Refused>> try_reserve(Exchange& x, Worker& worker) {
  const Policy& policy = *x.snapshot().limits;
  const Target& target = *x.plan.candidates[0].target;
  Subject subject = subject_of(x, target);
  Matches matches = policy.match(subject);
  x.admitted_at = target.provider;
  if (matches.count == 0) return std::nullopt;
  x.money_limited = any_money(matches);
  constexpr int looks = 4;  // others may take what a look has seen
  for (int look = 1;; ++look) {
    TG_TRY_VOID(clamp(x, target, policy, subject));
    TG_TRY(estimate, worst_spent(x, target, x.money_limited));
    auto reserved = Reservation::take(policy, subject, estimate, x.row.at);
    if (reserved) {
      x.reservation = std::move(*reserved);
      return std::nullopt;
    }
    if (x.unclamped.empty() || look == looks) return Refused{reserved.error(), to_error(reserved.error(), worker.reactor.wall())};
  }
}

// A long prompt is counted beforehand where a limit concerns it: others go on meanwhile.
Task<Result<void>> count_where_limited(Exchange& x) {
  const Target& target = *x.plan.candidates[0].target;
  if (x.snapshot().limits->match(subject_of(x, target)).count == 0) co_return Result<void>{};
  co_return co_await count_ahead(x, target);
}

// Where the limit sends calls that it has no room for; null: nowhere that is another route.
const Route* other_route(const Exchange& x, const Limit* limit) {
  if (limit == nullptr || limit->otherwise.route.empty()) return nullptr;
  const Route* route = x.snapshot().routes.find(limit->otherwise.route);
  return route == x.route ? nullptr : route;
}

}  // namespace

Task<Result<void>> admit(Exchange& x, Worker& worker) {
  Instant began = worker.reactor.now();
  for (int downgrades = 0;;) {
    if (is_long(x.call)) TG_CO_TRY_VOID(co_await count_where_limited(x));
    TG_CO_TRY(refused, try_reserve(x, worker));
    if (!refused) co_return Result<void>{};
    const Limit* limit = x.snapshot().limits->find(refused->by.limit);
    Instant now = worker.reactor.now();
    bool waits = limit != nullptr && !refused->by.never_fits && now < std::min(began + limit->otherwise.wait, x.deadline);
    if (waits) {
      Wake wake = co_await sleep(x.wait().at_most(now + look_every));
      if (wake == Wake::cancelled) co_return fail(Fault::client_gone, "the client left");
      x.elsewhere += worker.reactor.now() - now;
      x.row.at = worker.reactor.wall();  // the period in which it is admitted
      continue;
    }
    const Route* instead = other_route(x, limit);
    if (instead == nullptr || ++downgrades > downgrades_max) {
      x.refused_by = refused->by.limit;
      for (RecordReader* reader : worker.readers) reader->limit_rejected(refused->by.limit);
      co_return fail(std::move(refused->error));
    }
    x.route = instead;
    x.row.route = instead->name;
    x.open_model = {};
    x.difficulty.reset();
    TG_CO_TRY_VOID(co_await choose(x, worker));
  }
}

Result<void> write_intent(Exchange& x, Worker& worker, const Target& target, const ProviderKey* key) {
  x.row.provider = target.provider;
  x.row.model = x.model_at(target);
  x.row.region = target.region;
  const Price* price = price_of(x, target);
  Terms terms = terms_of(x, target);
  x.row.price_id.clear();
  if (price != nullptr) write_price_id(*price, terms, x.row.price_id);
  Tokens input = estimated_input(x);
  Usage sent{.input = input, .beside = {.audio_ms = x.call.audio_ms, .characters = spoken_characters(x)}};
  Intent intent{.row = x.row,
                .attempt = x.attempt_count + 1,
                .provider_key = key == nullptr ? std::string_view() : std::string_view(key->name),
                .reserved = x.reservation.estimate(),
                .input = input,
                .input_cost = price == nullptr ? Money{} : cost(*price, sent, terms)};
  if (x.intent_written) {
    write_attempts(x, worker);
    TG_TRY_VOID(worker.ledger.again(x.ticket, intent));
  } else {
    TG_TRY(ticket, worker.ledger.begin(intent));
    x.ticket = ticket;
    x.intent_written = true;
  }
  x.reservation.dispatched();
  return {};
}

Reservation reserve_what_is_owed(const Exchange& x, const Target& target) {
  auto reserved = Reservation::take(*x.snapshot().limits, subject_of(x, target), {}, x.row.at, Admission::owed);
  return reserved ? std::move(*reserved) : Reservation();
}

namespace {

// What answers of this call have used that the client has, or that were judged: it is paid beside what comes.
Spent used_before(const Exchange& x) {
  Spent used;
  for (int i = 0; i < x.attempt_count; ++i) {
    const AttemptRow& row = x.attempts[static_cast<std::size_t>(i)];
    bool answered = x.attempts_ended[static_cast<std::size_t>(i)] && (row.phase == AttemptPhase::stream || row.phase == AttemptPhase::done);
    if (!answered) continue;
    used.cost += row.cost;
    used.input += row.usage.all_input().count;
    used.output += row.usage.all_output().count;
  }
  return used;
}

// What a call takes in all with a try that may have so many tokens of output.
Result<Spent> spent_with(Exchange& x, const Try& t, std::int64_t at_least) {
  TG_TRY(estimate, worst_spent(x, *t.target, x.money_limited, at_least));
  Spent used = used_before(x);
  estimate.cost += used.cost;
  estimate.input += used.input + (t.said ? static_cast<std::int64_t>(t.said->size()) : 0);
  estimate.output += used.output;
  return estimate;
}

// Whether more of the output's tokens than so many may come of this try.
bool is_open_ended(const Exchange& x, const Target& target, std::int64_t tokens) {
  auto bound = output_bound(x, target);
  return may_be_cut(x) && (!bound || bound->count > tokens);
}

}  // namespace

bool extend(Exchange& x, const Try& t, std::int64_t came) {
  if (x.output_set_aside == 0 || came <= x.output_set_aside / 4 * 3) return true;
  constexpr std::int64_t usual_step = 512, least_step = 32;
  auto bound = output_bound(x, *t.target);
  for (std::int64_t step = std::max(usual_step, x.output_set_aside / 2); step >= least_step; step /= 2) {
    std::int64_t more = std::min(x.output_set_aside + step, bound ? bound->count : INT64_MAX);
    auto estimate = spent_with(x, t, more);
    if (!estimate || !x.reservation.raise_to(*x.snapshot().limits, *estimate)) continue;
    x.output_set_aside = is_open_ended(x, *t.target, more) ? more : 0;
    return true;
  }
  return came <= x.output_set_aside;
}

Result<void> admit_attempt(Exchange& x, Worker& worker, const Try& t) {
  x.output_set_aside = 0;
  const Policy& policy = *x.snapshot().limits;
  bool goes_elsewhere = t.target->provider != x.admitted_at;
  Matches there = goes_elsewhere ? policy.match(subject_of(x, *t.target)) : Matches{};
  x.money_limited = x.money_limited || any_money(there);
  if (x.reservation.count() > 0 || there.count > 0) {
    TG_TRY(estimate, spent_with(x, t, 0));
    if (!x.reservation.raise_to(policy, estimate)) return fail(Fault::budget_exceeded, "the limits do not allow the next provider");
    if (there.count > 0) {
      auto joined = x.reservation.join(policy, subject_of(x, *t.target), x.row.at);
      if (!joined) return fail(to_error(joined.error(), worker.reactor.wall()));
    }
    std::int64_t tokens = tokens_set_aside(x, *t.target);
    if (is_open_ended(x, *t.target, tokens)) x.output_set_aside = tokens;
  }
  return write_intent(x, worker, *t.target, t.key);
}

}  // namespace tollgate
