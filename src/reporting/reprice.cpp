#include "reporting/reprice.h"

#include <algorithm>
#include <vector>

namespace tollgate {
namespace {

bool answered(const AttemptRow& attempt) {
  return attempt.phase == AttemptPhase::stream || attempt.phase == AttemptPhase::done;
}

bool from_cache(const LedgerRow& row) { return row.cache == CacheResult::exact || row.cache == CacheResult::semantic; }

Repriced unchanged(const LedgerRow& row, bool unpriced) { return {row.cost, row.price_id, unpriced}; }

// Empty: no price. An attempt that used nothing and was billed nothing (a refused connection) has nothing to price.
std::optional<PricedUsage> priced(const UsedModel& used, Money before, const Pricer& price) {
  if (used.usage.nothing() && used.price_id.empty()) return PricedUsage{before, {}};
  auto found = price(used);
  if (found && found->price_id == used.price_id) found->cost = before;
  return found;
}

// Of a row whose attempts did not come with it.
Repriced reprice_alone(const LedgerRow& row, const Pricer& price) {
  bool by_usage = row.origin == RowOrigin::import && row.status != RowStatus::refused && !from_cache(row);
  if (!by_usage) return unchanged(row, false);
  auto found = priced({row, row.provider, row.model, row.price_id, row.usage}, row.cost, price);
  return found ? Repriced{found->cost, found->price_id, false} : unchanged(row, true);
}

struct Tried {
  const AttemptRow* attempt;
  PricedUsage now;
};

}  // namespace

Repriced reprice(const LedgerRow& row, std::span<const AttemptRow> attempts, LostCharge lost, const Pricer& price) {
  std::vector<Tried> tried;
  for (const AttemptRow& attempt : attempts) {
    if (attempt.phase == AttemptPhase::shadow) continue;
    auto found = priced({row, attempt.provider, attempt.model, attempt.price_id, attempt.usage}, attempt.cost, price);
    if (!found) return unchanged(row, true);
    tried.push_back({&attempt, std::move(*found)});
  }
  if (tried.empty()) return reprice_alone(row, price);
  Repriced answers, dearest;
  Money dearest_before;
  bool any = false;
  for (const Tried& one : tried) {
    dearest_before = std::max(dearest_before, one.attempt->cost);
    if (one.now.cost >= dearest.cost) dearest = {one.now.cost, one.now.price_id};
    if (!answered(*one.attempt)) continue;
    any = true;
    answers = {answers.cost + one.now.cost, one.now.price_id};
  }
  if (any) return answers;
  bool charged = row.cost.nano_usd > 0 || (dearest_before.nano_usd == 0 && lost == LostCharge::input);
  return charged ? dearest : unchanged(row, false);
}

}  // namespace tollgate
