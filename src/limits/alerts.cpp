#include "limits/alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tollgate {
namespace {

constexpr std::int64_t whole_in_basis_points = 10'000;

// The highest mark of the limit that an amount reaches; zero: none.
Percent reached(const Limit& limit, std::int64_t used) {
  Percent highest{};
  for (Percent mark : limit.alert_at) {
    auto share = static_cast<__int128>(used) * whole_in_basis_points;
    if (share >= static_cast<__int128>(limit.amount) * mark.basis_points) highest = std::max(highest, mark);
  }
  return highest;
}

}  // namespace

std::vector<LimitAlert> LimitAlerts::look(const Policy& policy, WallTime now) {
  std::map<const Series*, const Limit*> marked;
  for (const Limit& limit : policy.limits())
    if (!limit.alert_at.empty()) marked.emplace(limit.series, &limit);
  ++looks_;
  std::vector<LimitAlert> out;
  if (marked.empty()) return out;
  policy.counters().visit([&](Entry& entry) {
    auto found = marked.find(entry.series);
    if (found == marked.end()) return;
    const Limit& limit = *found->second;
    bool rolls = entry.series->window().rolls();
    Period period = policy.counters().period_for(*entry.series, now);
    if (!rolls && entry.period.id != period.id) return;
    // Of calls at once nothing is used: they count while they last.
    Amounts amounts = entry.counter.read(period.id);
    Percent mark = reached(limit, limit.measure == Measure::concurrent ? amounts.taken : amounts.used);
    if (mark == Percent{}) return;
    std::string name = fmt::format("{}/{}/{}", entry.series->id(), rolls ? 0 : period.id, entry.key);
    auto told = told_.find(name);
    if (told == told_.end()) {
      if (told_.size() >= told_max) return;
      told = told_.emplace(std::move(name), Told{}).first;
    }
    told->second.seen = looks_;
    if (mark > told->second.mark) out.push_back({state_of(limit, entry.key, entry, period), mark});
    told->second.mark = mark;
  });
  std::erase_if(told_, [&](const auto& told) { return told.second.seen != looks_; });
  return out;
}

}  // namespace tollgate
