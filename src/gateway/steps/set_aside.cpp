#include "gateway/steps/set_aside.h"

#include <algorithm>

#include "gateway/attempts/may_use.h"
#include "gateway/attempts/meter.h"
#include "gateway/counting/counted_input.h"
#include "routing/health.h"

namespace tollgate {
namespace {

// More than nearly all answers of this target had that nobody bounds; nothing until it is known.
std::optional<std::int64_t> learned_most(const Target& target) {
  constexpr Percent nearly_all = percent(99);
  return target.health == nullptr ? std::nullopt : target.health->output_tokens_spread.at(nearly_all);
}

// What money is set aside for of the output: all that may come, but of streams that can be cut before they cost more. A model that thinks
// bills what its streams do not show.
std::optional<Tokens> paid_output(const Exchange& x, const Target& target) {
  auto bound = output_bound(x, target);
  auto learned = learned_most(target);
  bool by_habit = bound && learned && may_be_cut(x) && !target.health->thinks.load(std::memory_order_relaxed);
  return by_habit ? Tokens{std::min(bound->count, *learned)} : bound;
}

// What is set aside of money for a try at this target. Only asked where a money limit applies.
Result<Money> worst_cost(Exchange& x, const Target& target, std::int64_t at_least) {
  const Price* price = price_of(x, target);
  if (price == nullptr) {
    if (x.snapshot().unpriced != Unpriced::refuse) return Money{};
    return fail(Fault::pricing_unavailable, "a budget applies and this model has no price", "model");
  }
  auto bound = paid_output(x, target);
  if (!bound)
    return fail(Fault::invalid_request, "a budget applies and this model has no known maximum: say max_tokens", "max_tokens");
  return worst_case(*price, counted_input(x, target).bound, std::max(*bound, Tokens{at_least}), may_use(x), terms_of(x, target));
}

}  // namespace

namespace {

// A picture of 1,536 x 1,024 in the best quality has 6,208. Source: OpenAI, "Image generation", "Cost and latency", read 2026-11-29.
constexpr std::int64_t most_tokens_of_a_picture = 8'192;

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
  if (!each && x.call.images > 0) return Tokens{x.call.images * most_tokens_of_a_picture};
  if (!each) return std::nullopt;
  std::int64_t total = 0;
  if (__builtin_mul_overflow(each->count, x.call.answers, &total)) return std::nullopt;
  return Tokens{total};
}

std::int64_t tokens_set_aside(const Exchange& x, const Target& target) {
  constexpr std::int64_t least = 1024;
  auto bound = output_bound(x, target);
  if (x.call.max_output || (bound && bound->count == 0)) return bound ? bound->count : INT64_MAX;
  std::int64_t guess = learned_most(target).value_or(least) * std::max<std::int64_t>(x.call.answers, 1);
  return bound ? std::min(bound->count, guess) : guess;
}

bool may_be_cut(const Exchange& x) {
  bool of_texts = x.door.operation == Operation::chat || x.door.operation == Operation::completions;
  return of_texts && x.call.stream && x.call.answers == 1 && !x.call.max_output;
}

Result<Spent> worst_spent(Exchange& x, const Target& target, bool money, std::int64_t at_least) {
  Spent worst({}, counted_input(x, target).bound.count, std::max(tokens_set_aside(x, target), at_least), 1);
  worst.at_once = 1;
  if (money) {
    TG_TRY(cost, worst_cost(x, target, at_least));
    worst.cost = cost;
  }
  return worst;
}

}  // namespace tollgate
