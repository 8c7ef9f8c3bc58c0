#include "gateway/steps/clamp.h"

#include <algorithm>

#include "dialects/fields.h"
#include "gateway/attempts/language.h"
#include "gateway/attempts/may_use.h"
#include "gateway/attempts/meter.h"
#include "gateway/counting/counted_input.h"
#include "gateway/steps/admit.h"
#include "gateway/steps/understand.h"
#include "limits/state.h"

namespace tollgate {
namespace {

bool can_say_it(const Exchange& x) {
  return x.door.operation == Operation::chat || x.door.operation == Operation::completions;
}

bool any_clamps(const Matches& matches) {
  return std::any_of(matches.begin(), matches.end(), [](const Limit* limit) { return limit->clamp; });
}

// The most tokens, of all answers together, that fit into what a limit has left; below zero: not even the input does.
std::int64_t output_within(const Exchange& x, const Target& target, const LimitState& state, Tokens input, std::int64_t most) {
  if (state.measure == Measure::tokens) return state.left.units - input.count;
  if (state.measure == Measure::output_tokens) return state.left.units;
  const Price* price = price_of(x, target);
  if (state.measure != Measure::usd || price == nullptr) return most;
  MayUse may = may_use(x);
  Terms terms = terms_of(x, target);
  auto fits = [&](std::int64_t output) { return Quantity(worst_case(*price, input, {output}, may, terms)) <= state.left; };
  if (!fits(0)) return -1;
  std::int64_t good = 0, beyond = most + 1;
  while (beyond - good > 1) {
    std::int64_t middle = good + (beyond - good) / 2;
    (fits(middle) ? good : beyond) = middle;
  }
  return good;
}

// Reads the call anew from another body.
Result<void> reread(Exchange& x, std::string_view body) {
  x.chat.reset();
  return read_call(x, body);
}

Result<void> say(Exchange& x, const Target& target, std::int64_t tokens) {
  TG_TRY_VOID(reread(x, x.unclamped));
  auto field = x.door.dialect->max_output_field(x.door.operation, x.snapshot().facts[target.index].ways);
  std::string body = with_max_output(x.call.root, field, tokens);
  x.clamped = std::move(body);
  return reread(x, x.clamped);
}

}  // namespace

Result<void> clamp(Exchange& x, const Target& target, const Policy& policy, const Subject& subject) {
  bool said = !x.unclamped.empty();
  if (!can_say_it(x) || (x.call.max_output && !said)) return {};
  if (!any_clamps(policy.match(subject))) return said ? reread(x, std::exchange(x.unclamped, {})) : Result<void>{};
  if (!said) x.unclamped = x.call.body;
  std::int64_t answers = std::max<std::int64_t>(1, x.call.answers);
  const Model* model = model_of(x, target);
  auto bound = model == nullptr ? std::nullopt : model->output_bound();
  std::int64_t most = (bound ? bound->count : max_asked_tokens) * answers, can_pay = most;
  for (const LimitState& state : states_for(policy, subject, x.row.at)) {
    const Limit* limit = policy.find(state.limit);
    if (limit == nullptr || !limit->clamp) continue;
    can_pay = std::min(can_pay, output_within(x, target, state, counted_input(x, target).bound, most));
  }
  bool unneeded = can_pay >= most, useless = can_pay / answers < least_clamped;
  if (unneeded || useless) return said ? reread(x, std::exchange(x.unclamped, {})) : Result<void>{};
  return say(x, target, can_pay / answers);
}

}  // namespace tollgate
