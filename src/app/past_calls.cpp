#include "app/past_calls.h"

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

}  // namespace tollgate
