#include "app/past_calls.h"

#include <tuple>

#include "limits/state.h"

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_minute = 60'000'000'000;

}  // namespace

void restore_past_calls(const Journal& journal, const Policy& limits, KeyTotals& totals, WallTime now) {
  const Dictionary& names = journal.names();
  journal.facts().each([&](const FactKey& fact, const FactSums& sums) {
    std::string key = names.word_text(fact.key), team = names.word_text(fact.team), user = names.person_text(fact.user);
    std::string feature = names.word_text(fact.feature), route = names.word_text(fact.route);
    std::string provider = names.word_text(fact.provider);
    Tags tags = names.tags_of(fact.tags);
    Subject subject{key, team, user, feature, route, provider, &tags};
    Money cost{sums.cost_nano_usd};
    charge(limits, subject, {fact.minute * ns_per_minute}, {cost, sums.input_tokens, sums.output_tokens, sums.requests}, now);
    totals.restore(key, {.requests = sums.requests,
                         .refused = 0,
                         .input = {sums.input_tokens},
                         .cached = {},
                         .output = {sums.output_tokens},
                         .cost = cost});
  });
}

Result<void> restore_past_shadows(LedgerQueries& ledger, const Snapshot& snapshot, WallTime now) {
  if (snapshot.shadows.empty()) return {};
  constexpr std::int64_t ns_per_day = 86'400'000'000'000;
  constexpr Money no_bound{INT64_MAX};
  RowFilter today{.from = WallTime{now.ns / ns_per_day * ns_per_day}};
  auto take = [&](const AttemptRow& row) {
    for (const auto& [name, route] : snapshot.shadows) {
      const Target& candidate = *route.targets.front();
      if (candidate.provider != row.provider || candidate.model != row.model) continue;
      std::ignore = candidate.health->shadow_budget.take(now, row.cost, no_bound);
      break;
    }
  };
  return ledger.calls(today, [&](const LedgerQueries::Call& call) -> Result<bool> {
    if (call.row.origin != RowOrigin::call) return true;
    for (const AttemptRow& row : call.attempts)
      if (row.phase == AttemptPhase::shadow) take(row);
    return true;
  });
}

}  // namespace tollgate
