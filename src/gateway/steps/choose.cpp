#include "gateway/steps/choose.h"

#include <algorithm>
#include <functional>

#include "dialects/conversation.h"
#include "dialects/fields.h"
#include "gateway/attempts/may_use.h"
#include "gateway/attempts/meter.h"
#include "gateway/steps/pin.h"
#include "gateway/steps/traits.h"
#include "gateway/steps/weigh.h"

namespace tollgate {
namespace {

constexpr auto look_every = milliseconds(10);
constexpr std::int64_t usual_output = 256;  // tokens, where neither caller nor experience says

class ExpectedCost final : public CostOf {
 public:
  explicit ExpectedCost(const Exchange& x) : x_(x) {}
  std::int64_t nano_usd(const Target& target) const override { return expected_cost(x_, target).nano_usd; }

 private:
  const Exchange& x_;
};

// The tenant is part of it: nobody's conversation finds out where another's is.
std::uint64_t session_of(const Exchange& x) {
  if (x.route->affinity == Affinity::off) return 0;
  std::string_view name = x.session;
  if (name.empty() && x.route->affinity == Affinity::prefix) name = conversation_start(x.call.root);
  if (name.empty()) return 0;
  const std::string& tenant = x.row.attribution.team.empty() ? x.row.key : x.row.attribution.team;
  std::hash<std::string_view> hash;
  return (hash(name) ^ (hash(tenant) * 0x9E3779B97F4A7C15u)) | 1;
}

bool is_busy(const Plan& plan) {
  for (std::size_t i = 0; i < plan.skipped; ++i)
    if (plan.candidates[plan.count + i].standing.skip == Skip::busy) return true;
  return false;
}

// One of those that wait at a route, for as long as it lives.
class Waiting {
 public:
  explicit Waiting(RouteHealth& at) : at_(at), number_(at_.waiting.fetch_add(1, std::memory_order_relaxed)) {}
  ~Waiting() { at_.waiting.fetch_sub(1, std::memory_order_relaxed); }
  Waiting(const Waiting&) = delete;
  int before() const { return number_; }

 private:
  RouteHealth& at_;
  int number_;
};

// What passes unread needs a target that speaks the caller's language.
bool has_endpoint(const Exchange& x, const Target& target) {
  const auto& spoken = x.snapshot().facts[target.index].spoken;
  return std::find(spoken.begin(), spoken.end(), x.door.dialect) != spoken.end();
}

Result<void> keep_those_with_endpoint(Exchange& x) {
  bool concerns = x.door.operation == Operation::passthrough && x.door.provider.empty();
  if (!concerns) return {};
  Plan kept;
  for (std::size_t i = 0; i < x.plan.count + x.plan.skipped; ++i) {
    const Candidate& candidate = x.plan.candidates[i];
    if (!has_endpoint(x, *candidate.target)) continue;
    kept.candidates[kept.count + kept.skipped] = candidate;
    ++(i < x.plan.count ? kept.count : kept.skipped);
  }
  if (kept.count + kept.skipped == 0)
    return bad_field("model", "unsupported_parameter", "no provider of this model has this endpoint");
  x.plan = kept;
  return {};
}

PlanNeeds needs_of(Worker& worker) { return {worker.reactor.now(), worker.reactor.random().next(), worker.objects}; }

}  // namespace

Money expected_cost(const Exchange& x, const Target& target) {
  const Price* price = price_of(x, target);
  if (price == nullptr) return {};
  std::int64_t learned = target.health == nullptr ? 0 : target.health->output_tokens.value();
  std::int64_t output = learned > 0 ? learned : usual_output;
  if (x.call.max_output) output = std::min(output, *x.call.max_output);
  return cost(price->of(asked_tier(x)), Usage{.input = estimated_input(x), .cache_read = {}, .output = {output}}, terms_of(x, target));
}

Result<void> plan_call(Exchange& x, const PlanNeeds& needs) {
  weigh(x);
  ExpectedCost cost(x);
  x.plan = make_plan(*x.route, {.now = needs.now,
                                .random = needs.random | 1,
                                .session = session_of(x),
                                .input = x.door.operation == Operation::chat ? estimated_input(x).count / 2 : 0,
                                .stream = x.call.stream,
                                .needs = needed_traits(x),
                                .capable = !x.difficulty || x.difficulty->capable(),
                                .cost = &cost});
  TG_TRY_VOID(keep_those_with_endpoint(x));
  pin_account(x);
  return pin_conversation(x, needs.objects);
}

namespace {

bool is_named(const std::vector<std::string>& names, const Exchange& x) {
  const Attribution& who = x.row.attribution;
  const std::pair<std::string_view, std::string_view> facts[] = {
      {"team:", who.team}, {"key:", x.row.key}, {"user:", who.user}, {"feature:", who.feature}};
  for (const std::string& name : names)
    for (auto [kind, value] : facts)
      if (name.starts_with(kind) && !value.empty() && matches(std::string_view(name).substr(kind.size()), value)) return true;
  return false;
}

Priority priority_of(const Exchange& x) {
  if (is_named(x.route->priority.high, x)) return Priority::high;
  return is_named(x.route->priority.low, x) ? Priority::low : Priority::normal;
}

std::unexpected<Error> no_room(const Plan& plan) {
  if (plan.count == 0 && plan.skipped > 0) return fail(nobody_to_ask(plan));
  return fail({.fault = Fault::overloaded, .detail = "every provider of this model is busy", .retry_after = milliseconds(1000)});
}

// In line with the others of this thread, until there is room or the queue's time is over.
Task<Result<void>> wait_for_room(Exchange& x, Worker& worker, Priority priority) {
  RouteHealth& health = *x.route->health;
  Waiting waiting(health);
  bool full = waiting.before() >= x.route->queue->size && !worker.waiting.make_way(health, priority);
  if (full) co_return no_room(x.plan);
  WaitingRoom::Place place(worker.waiting, health, priority, tenant_of(*x.key));
  Instant began = worker.reactor.now(), until = std::min(began + x.route->queue->wait, x.deadline);
  while (worker.reactor.now() < until) {
    Wake wake = co_await place.chime().rang(x.wait().at_most(std::min(until, worker.reactor.now() + look_every)));
    if (wake == Wake::cancelled) co_return fail(Fault::client_gone, "the client left");
    if (place.sent_away()) break;
    if (wake == Wake::timeout) worker.waiting.look_again(health, worker.reactor.now());
    if (!place.is_next()) continue;
    TG_CO_TRY_VOID(plan_call(x, needs_of(worker)));
    if (x.plan.count > 0) {
      place.served();
      x.elsewhere += worker.reactor.now() - began;
      co_return Result<void>{};
    }
    if (!is_busy(x.plan)) break;
    place.found_none();
  }
  x.elsewhere += worker.reactor.now() - began;
  co_return no_room(x.plan);
}

}  // namespace

Task<Result<void>> choose(Exchange& x, Worker& worker) {
  RouteHealth* health = x.route->health;
  if (health != nullptr) {
    health->retries.called(worker.reactor.now());
    if (x.route->hedge) health->hedges.called(worker.reactor.now());
  }
  co_return co_await choose_again(x, worker);
}

Task<Result<void>> choose_again(Exchange& x, Worker& worker) {
  TG_CO_TRY_VOID(plan_call(x, needs_of(worker)));
  bool has_queue = x.route->queue && x.route->health != nullptr;
  if (!has_queue) {
    if (x.plan.count > 0) co_return Result<void>{};
    co_return fail(nobody_to_ask(x.plan));
  }
  Priority priority = priority_of(x);
  if (x.plan.count > 0 && !worker.waiting.anyone_before(*x.route->health, priority)) co_return Result<void>{};
  if (x.plan.count == 0 && !is_busy(x.plan)) co_return fail(nobody_to_ask(x.plan));
  co_return co_await wait_for_room(x, worker, priority);
}

}  // namespace tollgate
