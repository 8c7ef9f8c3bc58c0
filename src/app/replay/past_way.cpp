#include "app/replay/past_way.h"

#include <algorithm>

#include "gateway/attempts/meter.h"
#include "pricing/price.h"

namespace tollgate {
namespace {

bool answered(const AttemptRow& attempt) {
  return attempt.phase == AttemptPhase::stream || attempt.phase == AttemptPhase::done;
}

// Of a call that was asked once; one that was refused then is taken to be answered now.
bool answered(const RequestRow& row) {
  return row.status == RowStatus::ok || row.status == RowStatus::incomplete || row.status == RowStatus::refused ||
         row.first_token_ms >= 0;
}

Money cost_at(const Exchange& x, const Target& target, const Usage& usage, bool was_answered) {
  bool owed = was_answered || (x.snapshot().lost == LostAnswer::input && !usage.nothing());
  const Price* price = owed ? price_of(x, target) : nullptr;
  return price == nullptr ? Money{} : cost(price->of(usage.beside.tier), usage, terms_of(x, target));
}

const Target* find(const Exchange& x, std::string_view provider, std::string_view model) {
  for (std::size_t i = 0; i < x.plan.count; ++i) {
    const Target& target = *x.plan.candidates[i].target;
    if (target.provider == provider && x.model_at(target) == model) return &target;
  }
  return nullptr;
}

// The attempt whose answer the caller got, else the last.
const AttemptRow& told_of(const std::vector<AttemptRow>& attempts) {
  auto last = std::find_if(attempts.rbegin(), attempts.rend(), [](const AttemptRow& row) { return answered(row); });
  return last == attempts.rend() ? attempts.back() : *last;
}

// The same first target: attempt by attempt, each at its own target; where the plan no longer has that, at the next one.
Way as_it_went(const PastCall& call, const Exchange& x) {
  const Target* instead = x.plan.count > 1 ? x.plan.candidates[1].target : nullptr;
  const AttemptRow& told = told_of(call.attempts);
  Way way;
  Money lost;
  bool any = false;
  for (const AttemptRow& attempt : call.attempts) {
    const Target* target = find(x, attempt.provider, attempt.model);
    if (target == nullptr) target = instead;
    if (&attempt == &told) way.target = target;
    if (target == nullptr) continue;
    Money worth = cost_at(x, *target, attempt.usage, answered(attempt));
    any = any || answered(attempt);
    if (answered(attempt))
      way.cost += worth;
    else
      lost = std::max(lost, worth);
  }
  if (!any) way.cost = lost;
  return way;
}

}  // namespace

Way way_of(const PastCall& call, const Usage& usage, const Exchange& x) {
  const Target& first = *x.plan.candidates[0].target;
  if (call.attempts.empty()) return {&first, cost_at(x, first, usage, answered(call.row))};
  const AttemptRow& began = call.attempts.front();
  bool same = first.provider == began.provider && x.model_at(first) == began.model;
  if (same) return as_it_went(call, x);
  const AttemptRow& told = told_of(call.attempts);
  return {&first, cost_at(x, first, told.usage, answered(told))};
}

}  // namespace tollgate
