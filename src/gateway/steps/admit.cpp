#include "gateway/steps/admit.h"

#include <algorithm>

#include "gateway/attempts/meter.h"
#include "gateway/counted_input.h"
#include "gateway/settlement.h"
#include "gateway/steps/choose.h"
#include "limits/reservation.h"
#include "routing/health.h"

namespace tollgate {
namespace {

// What is set aside of output tokens: the bound that the caller gave, else what answers of this target usually have and then some. Such an
// answer may take more than was set aside: the limit is then over by that one call.
std::int64_t output_set_aside(const Exchange& x, const Target& target) {
  constexpr std::int64_t least = 1024, times_usual = 3;
  auto bound = output_bound(x, target);
  if (x.call.max_output || (bound && bound->count == 0)) return bound ? bound->count : INT64_MAX;
  std::int64_t usual = target.health == nullptr ? 0 : target.health->output_tokens.value();
  std::int64_t guess = std::max(least, usual * times_usual) * std::max<std::int64_t>(x.call.answers, 1);
  return bound ? std::min(bound->count, guess) : guess;
}

bool any_money(const Matches& matches) {
  return std::any_of(matches.begin(), matches.end(), [](const Limit* limit) { return limit->measure == Measure::usd; });
}

// What is set aside of money for a try at this target. Only asked where a money limit applies.
Result<Money> worst_cost(Exchange& x, const Target& target) {
  const Price* price = price_of(x, target);
  if (price == nullptr) {
    if (x.snapshot().unpriced != Unpriced::refuse) return Money{};
    return fail(Fault::pricing_unavailable, "a budget applies and this model has no price", "model");
  }
  auto bound = output_bound(x, target);
  if (!bound)
    return fail(Fault::invalid_request, "a budget applies and this model has no known maximum: say max_tokens", "max_tokens");
  return worst_case(*price, counted_input(x, target).bound, *bound, {.images = x.call.images});
}

}  // namespace

Subject subject_of(const Exchange& x, const Target& target) {
  const Attribution& who = x.row.attribution;
  return {.key = x.row.key,
          .team = who.team,
          .user = who.user,
          .feature = who.feature,
          .model = x.row.route,
          .provider = target.provider,
          .tags = &who.tags};
}

std::optional<Tokens> output_bound(const Exchange& x, const Target& target) {
  if (x.door.operation == Operation::embeddings || x.door.operation == Operation::rerank) return Tokens{0};
  if (Tokens speech = speech_tokens(x); speech.count > 0) return speech;
  std::optional<Tokens> each;
  if (x.call.max_output) each = Tokens{*x.call.max_output};
  const Model* model = model_of(x, target);
  if (x.door.operation == Operation::passthrough && !each && model == nullptr) return Tokens{0};
  if (!each && model != nullptr) each = model->output_bound();
  if (!each) return std::nullopt;
  std::int64_t total = 0;
  if (__builtin_mul_overflow(each->count, x.call.answers, &total)) return std::nullopt;
  return Tokens{total};
}

Result<Spent> worst_spent(Exchange& x, const Target& target, bool money) {
  Spent worst({}, counted_input(x, target).bound.count, output_set_aside(x, target), 1);
  worst.at_once = 1;
  if (money) {
    TG_TRY(cost, worst_cost(x, target));
    worst.cost = cost;
  }
  return worst;
}

namespace {

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
  if (matches.count == 0) return std::nullopt;
  x.money_limited = any_money(matches);
  TG_TRY(estimate, worst_spent(x, target, x.money_limited));
  auto reserved = Reservation::take(policy, subject, estimate, x.row.at);
  if (!reserved) return Refused{reserved.error(), to_error(reserved.error(), worker.reactor.wall())};
  x.reservation = std::move(*reserved);
  return std::nullopt;
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
  x.row.price_id = price == nullptr ? std::string_view() : std::string_view(price->id);
  Tokens input = estimated_input(x);
  Intent intent{.row = x.row,
                .attempt = x.attempt_count + 1,
                .provider_key = key == nullptr ? std::string_view() : std::string_view(key->name),
                .reserved = x.reservation.estimate(),
                .input = input,
                .input_cost = price == nullptr ? Money{} : cost(*price, Usage{.input = input})};
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

}  // namespace

Result<void> admit_attempt(Exchange& x, Worker& worker, const Try& t) {
  if (x.reservation.count() > 0) {
    TG_TRY(estimate, worst_spent(x, *t.target, x.money_limited));
    Spent used = used_before(x);
    estimate.cost += used.cost;
    estimate.input += used.input + (t.said ? static_cast<std::int64_t>(t.said->size()) : 0);
    estimate.output += used.output;
    if (!x.reservation.raise_to(*x.snapshot().limits, estimate))
      return fail(Fault::budget_exceeded, "the limits do not allow the next provider");
  }
  return write_intent(x, worker, *t.target, t.key);
}

}  // namespace tollgate
