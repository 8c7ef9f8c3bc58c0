#include "limits/state.h"

#include <algorithm>
#include <map>

namespace tollgate {
namespace {

WallTime reset_of(const Window& window, Entry* entry, const Period& period) {
  bool oldest_counts = entry && window.rolls();
  return oldest_counts ? window.forgotten_at(window.bucket(entry->counter.oldest(period.id))) : period.end;
}

LimitState read_state(const Limit& limit, std::string_view key, Entry* entry, const Period& period) {
  const Window& window = limit.series->window();
  Amounts amounts = entry ? entry->counter.read(period.id) : Amounts{};
  WallTime resets = reset_of(window, entry, period);
  LimitState state{.limit = limit.name,
                   .measure = limit.measure,
                   .amount = Quantity(limit.amount),
                   .used = Quantity(amounts.used),
                   .reserved = Quantity(amounts.reserved()),
                   .left = Quantity(std::max<std::int64_t>(0, limit.amount - amounts.taken)),
                   .resets_at = resets};
  CounterKeyValues values = values_of(key);
  state.tenant = std::move(values.tenant);
  for (std::size_t i = 0; i < limit.each.size() && i < values.values.size(); ++i)
    state.each.emplace_back(to_string(limit.each[i]), std::move(values.values[i]));
  return state;
}

bool add_used(Counters& counters, Series& series, std::string_view key, WallTime at, Quantity used) {
  Period period = counters.period_for(series, at);
  Pin entry = counters.at(series, key, period);
  if (!entry) return false;
  entry->counter.take_anyway(used.units, period.id);
  entry->counter.settle(used.units, used.units, period.id);
  return true;
}

bool has_ended(const Series& series, WallTime at, WallTime now) {
  return series.window().forgotten_at(series.window().period_at(at)) <= now;
}

}  // namespace

LimitState state_of(const Limit& limit, std::string_view key, Entry& entry, const Period& period) {
  return read_state(limit, key, &entry, period);
}

std::vector<LimitState> states_for(const Policy& policy, const Subject& subject, WallTime now) {
  std::vector<LimitState> out;
  for (const Limit* limit : policy.match(subject)) {
    CounterKey key(subject, limit->each);
    Period period = policy.counters().period_for(*limit->series, now);
    Pin entry = policy.counters().find(*limit->series, key.text(), period);
    out.push_back(read_state(*limit, key.text(), entry.operator->(), period));
  }
  return out;
}

RemainingCalls remaining_for(const Policy& policy, const Subject& subject, WallTime now) {
  RemainingCalls out;
  for (const Limit* limit : policy.match(subject)) {
    if (limit->measure == Measure::usd) continue;
    CounterKey key(subject, limit->each);
    Period period = policy.counters().period_for(*limit->series, now);
    Pin entry = policy.counters().find(*limit->series, key.text(), period);
    std::int64_t taken = entry ? entry->counter.read(period.id).taken : 0;
    Quantity left(std::max<std::int64_t>(0, limit->amount - taken));
    Remaining& slot = limit->measure == Measure::requests ? out.requests : out.tokens;
    if (slot.limit == nullptr || left < slot.left) slot = {limit, left, reset_of(limit->series->window(), entry.operator->(), period)};
  }
  return out;
}

std::vector<LimitState> all_states(const Policy& policy, WallTime now, std::size_t max) {
  std::map<const Series*, const Limit*> limit_of;
  for (const auto& limit : policy.limits()) limit_of.emplace(limit.series, &limit);
  std::vector<LimitState> out;
  policy.counters().visit([&](Entry& entry) {
    auto limit = limit_of.find(entry.series);
    if (limit == limit_of.end() || out.size() >= max) return;
    Period period = policy.counters().period_for(*entry.series, now);
    if (!entry.series->window().rolls() && entry.period.id != period.id) return;
    if (entry.counter.read(period.id).taken == 0) return;
    out.push_back(state_of(*limit->second, entry.key, entry, period));
  });
  std::sort(out.begin(), out.end(), [](const LimitState& a, const LimitState& b) {
    return std::tie(a.limit, a.tenant, a.each) < std::tie(b.limit, b.tenant, b.each);
  });
  return out;
}

void visit_used(const Counters& counters, WallTime now, const std::function<void(const CounterRecord&)>& look) {
  counters.visit([&](Entry& entry) {
    const Window& window = entry.series->window();
    if (!window.rolls()) {
      Quantity used(entry.counter.read(0).used);
      if (used.units != 0 && now < entry.period.end)
        look({entry.series->identity(), entry.key, entry.period.begin, used});
      return;
    }
    LimitCounter::Bucket newest = window.period_at(now).id;
    entry.counter.read(newest);
    for (LimitCounter::Bucket bucket = newest - Window::max_buckets + 1; bucket <= newest; ++bucket)
      if (Quantity used(entry.counter.used_in(bucket)); used.units != 0)
        look({entry.series->identity(), entry.key, window.bucket(bucket).begin, used});
  });
}

Restored restore(Counters& counters, const CounterRecord& record, WallTime now) {
  Series* series = counters.find_series(record.series);
  if (!series) return Restored::unknown;
  if (has_ended(*series, record.begin, now)) return Restored::ended;
  return add_used(counters, *series, record.key, record.begin, record.used) ? Restored::yes : Restored::full;
}

bool charge(const Policy& policy, const Subject& subject, WallTime at, const Spent& spent, WallTime now) {
  bool all = true;
  for (const Limit* limit : policy.match(subject)) {
    if (has_ended(*limit->series, at, now)) continue;
    all &= add_used(policy.counters(), *limit->series, CounterKey(subject, limit->each).text(), at, Quantity(spent.of(limit->measure)));
  }
  return all;
}

}  // namespace tollgate
