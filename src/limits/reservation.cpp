#include "limits/reservation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <optional>

namespace tollgate {
namespace {

std::int64_t admits_up_to(const Limit& limit) { return limit.enforce == Enforce::refuse ? limit.amount : INT64_MAX; }

constexpr Duration until_a_call_ends = seconds(1);  // a guess

WallTime more_at(LimitCounter& counter, const Window& window, const Period& period, WallTime now) {
  if (window.lasts()) return now + until_a_call_ends;
  if (!window.rolls()) return period.end;
  return window.forgotten_at(window.bucket(counter.oldest(period.id)));
}

LimitRefusal refusal_of(const Limit& limit, Entry& entry, const Spent& estimate, WallTime now) {
  const Window& window = limit.series->window();
  Period period = window.rolls() ? window.period_at(now) : entry.period;
  std::int64_t taken = entry.counter.read(period.id).taken;
  return {.limit = limit.name,
          .measure = limit.measure,
          .amount = Quantity(limit.amount),
          .left = Quantity(std::max<std::int64_t>(0, limit.amount - taken)),
          .resets_at = more_at(entry.counter, window, period, now),
          .never_fits = estimate.of(limit.measure) > limit.amount};
}

}  // namespace

Error to_error(const LimitRefusal& refusal, WallTime now) {
  if (refusal.why != LimitRefusal::Why::limit_reached) {
    bool counters = refusal.why == LimitRefusal::Why::too_many_counters;
    return {.fault = Fault::overloaded,
            .detail = counters ? "too many limit counters" : "too many limits concern this call"};
  }
  std::string detail = fmt::format("limit {}: {} {} left of {}, resets at {}", refusal.limit, to_text(refusal.measure, refusal.left),
                                   unit_of(refusal.measure), to_text(refusal.measure, refusal.amount), rfc3339(refusal.resets_at));
  bool money = refusal.measure == Measure::usd, at_once = refusal.measure == Measure::concurrent;
  if (at_once) detail = fmt::format("limit {}: no more than {} calls at once", refusal.limit, to_text(refusal.measure, refusal.amount));
  if (refusal.never_fits) detail += money ? "; this call may cost more than the whole limit" : "; this call may take more than the whole limit";
  auto wait = std::chrono::ceil<milliseconds>(refusal.resets_at - now);
  if (!money)
    return {.fault = Fault::rate_limited,
            .detail = std::move(detail),
            .param = at_once ? "concurrent" : refusal.measure == Measure::requests ? "requests" : "tokens",
            .retry_after = std::max(wait, milliseconds(0))};
  return {.fault = Fault::budget_exceeded, .detail = std::move(detail), .retry_after = std::max(wait, milliseconds(0))};
}

Reservation::Reservation(Reservation&& other) noexcept
    : count_(std::exchange(other.count_, 0)),
      estimate_(other.estimate_),
      fallback_(other.fallback_),
      state_(other.state_) {
  for (std::size_t i = 0; i < count_; ++i) holds_[i] = std::move(other.holds_[i]);
  other.state_ = State::ended;
}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    end();
    std::destroy_at(this);
    std::construct_at(this, std::move(other));
  }
  return *this;
}

// Pins the counter of this limit. A period may be closed between asking for it and pinning; the next one cannot be.
bool Reservation::hold(Counters& counters, const Limit& limit, const Subject& subject, WallTime now) {
  CounterKey key(subject, limit.each);
  for (int attempt = 0; attempt < 2; ++attempt) {
    Period period = counters.period_for(*limit.series, now);
    Pin entry = counters.at(*limit.series, key.text(), period);
    if (!entry) continue;
    holds_[count_++] = {std::move(entry), period.id, limit.measure, limit.by_provider ? subject.provider : std::string_view()};
    return true;
  }
  return false;
}

bool Reservation::holds(const Limit& limit, const Subject& subject) const {
  return std::any_of(holds_.begin(), holds_.begin() + static_cast<std::ptrdiff_t>(count_), [&](const Hold& hold) {
    return hold.entry->series == limit.series && (!limit.by_provider || hold.provider == subject.provider);
  });
}

std::expected<Reservation, LimitRefusal> Reservation::take(const Policy& policy, const Subject& subject, const Spent& estimate,
                                                      WallTime now, Admission admission) {
  auto up_to = [&](const Limit& limit) { return admission == Admission::owed ? INT64_MAX : admits_up_to(limit); };
  assert(estimate.cost.nano_usd >= 0 && estimate.input >= 0 && estimate.output >= 0);
  Matches matches = policy.match(subject);
  if (matches.too_many) return std::unexpected(LimitRefusal{.why = LimitRefusal::Why::too_many_limits});

  std::expected<Reservation, LimitRefusal> out;  // in place: a reservation is not small
  Reservation& made = *out;
  for (const Limit* limit : matches)
    if (!made.hold(policy.counters(), *limit, subject, now))
      return std::unexpected(LimitRefusal{.why = LimitRefusal::Why::too_many_counters, .limit = limit->name});

  auto refused_by = [&](std::size_t i) {
    return std::unexpected(refusal_of(*matches.limits[i], *made.holds_[i].entry.operator->(), estimate, now));
  };
  // Looking first: a call that the last limit refuses does not even for a moment stand in the way at the first ones. Of those that
  // refuse it, the most specific tells why.
  std::optional<std::size_t> refuses;
  for (std::size_t i = 0; i < made.count_; ++i) {
    Hold& hold = made.holds_[i];
    bool room = hold.entry->counter.has_room(estimate.of(hold.measure), up_to(*matches.limits[i]), hold.bucket);
    bool says_more = !refuses || matches.limits[i]->specificity() > matches.limits[*refuses]->specificity();
    if (!room && says_more) refuses = i;
  }
  if (refuses) return refused_by(*refuses);
  for (std::size_t i = 0; i < made.count_; ++i) {
    Hold& hold = made.holds_[i];
    if (hold.entry->counter.take(estimate.of(hold.measure), up_to(*matches.limits[i]), hold.bucket)) continue;
    for (std::size_t taken = i; taken-- > 0;)
      made.holds_[taken].entry->counter.give_back(estimate.of(made.holds_[taken].measure), made.holds_[taken].bucket);
    return refused_by(i);
  }
  made.estimate_ = made.fallback_ = estimate;
  return out;
}

bool Reservation::raise_to(const Policy& policy, const Spent& wanted) {
  assert(state_ != State::ended);
  Spent estimate = max(wanted, estimate_);
  auto more = [&](const Hold& hold) { return estimate.of(hold.measure) - estimate_.of(hold.measure); };
  for (std::size_t i = 0; i < count_; ++i) {
    Hold& hold = holds_[i];
    if (more(hold) == 0) continue;
    const Limit* limit = policy.find(hold.entry->series->name());
    LimitCounter::Bucket bucket = hold.bucket;
    bool taken = hold.entry->counter.take(more(hold), limit ? admits_up_to(*limit) : INT64_MAX, bucket);
    if (taken && bucket == hold.bucket) continue;
    if (taken) hold.entry->counter.give_back(more(hold), bucket);  // the bucket of admission no longer counts
    while (i-- > 0) holds_[i].entry->counter.give_back(more(holds_[i]), holds_[i].bucket);
    return false;
  }
  if (fallback_ == estimate_) fallback_ = estimate;
  estimate_ = estimate;
  return true;
}

std::expected<void, LimitRefusal> Reservation::join(const Policy& policy, const Subject& subject, WallTime now) {
  assert(state_ != State::ended);
  const std::size_t before = count_;
  auto refuse = [&](LimitRefusal refusal) {
    while (count_ > before) {
      Hold& last = holds_[--count_];
      last.entry->counter.give_back(estimate_.of(last.measure), last.bucket);
      last = {};
    }
    return std::unexpected(std::move(refusal));
  };
  Matches matches = policy.match(subject);
  if (matches.too_many) return refuse({.why = LimitRefusal::Why::too_many_limits});
  for (const Limit* limit : matches) {
    if (holds(*limit, subject)) continue;
    if (count_ == holds_.size()) return refuse({.why = LimitRefusal::Why::too_many_limits});
    if (!hold(policy.counters(), *limit, subject, now)) return refuse({.why = LimitRefusal::Why::too_many_counters, .limit = limit->name});
    Hold& made = holds_[count_ - 1];
    if (made.entry->counter.take(estimate_.of(made.measure), admits_up_to(*limit), made.bucket)) continue;
    LimitRefusal refusal = refusal_of(*limit, *made.entry.operator->(), estimate_, now);
    made = {};  // it has nothing to give back
    --count_;
    return refuse(std::move(refusal));
  }
  return {};
}

void Reservation::settle(const Spent& used, std::string_view answered_by) {
  assert(state_ != State::ended);
  for (std::size_t i = 0; i < count_; ++i) {
    Hold& hold = holds_[i];
    bool concerned = hold.provider.empty() || answered_by.empty() || hold.provider == answered_by;
    std::int64_t charged = concerned ? std::max<std::int64_t>(0, used.of(hold.measure)) : 0;
    hold.entry->counter.settle(estimate_.of(hold.measure), charged, hold.bucket);
    hold.entry = Pin();
  }
  state_ = State::ended;
}

void Reservation::end() {
  if (state_ == State::ended) return;
  settle(state_ == State::dispatched ? fallback_ : Spent{});
}

}  // namespace tollgate
