#include "routing/plan.h"

#include <algorithm>

namespace tollgate {
namespace {

constexpr int fallback_depth_max = 8;
constexpr int ambiguous_repeats_max = 1;

void add(Plan& plan, const Route& route, int depth) {
  for (const Target* target : route.targets) {
    auto end = plan.candidates.begin() + static_cast<std::ptrdiff_t>(plan.count);
    bool known = std::any_of(plan.candidates.begin(), end, [&](const Candidate& c) { return c.target == target; });
    if (!known && plan.count < plan_max) plan.candidates[plan.count++] = {target, &route};
  }
  if (depth == fallback_depth_max) return;
  for (const Route* next : route.fallback) add(plan, *next, depth + 1);
}

bool key_at_fault(Fault fault) {
  return fault == Fault::upstream_credential || fault == Fault::upstream_rate_limited || fault == Fault::upstream_quota;
}

// Worth asking the same target once more: it may do better in a moment.
bool transient(const Error& error) {
  Fault fault = error.fault;
  return error.retry == Retry::same_after_wait || fault == Fault::upstream_unreachable || fault == Fault::upstream_timeout || fault == Fault::upstream_error ||
         fault == Fault::upstream_overloaded || fault == Fault::upstream_rate_limited || fault == Fault::upstream_protocol ||
         fault == Fault::upstream_truncated;
}

// The call itself or our own configuration is at fault, and asking elsewhere would not mend it: a wrong certificate, a wrong
// parameter. A context that is too long or a filter may be another's to accept, and another credential may be the right one.
bool final(const Error& error) {
  if (error.fault == Fault::upstream_credential || error.retry == Retry::same_after_wait) return false;
  return !cause_of(error) || (error.retry == Retry::never && error.fault != Fault::upstream_rejected);
}

// The provider may have done the work, and want money for it: the request was fully sent and no answer came, or one that
// cannot be used.
bool ambiguous(const Error& error, AttemptPhase phase) {
  return phase == AttemptPhase::first_byte || error.fault == Fault::upstream_protocol ||
         error.fault == Fault::upstream_truncated;
}

}  // namespace

Plan make_plan(const Route& route) {
  Plan plan;
  add(plan, route, 0);
  return plan;
}

std::optional<FallbackCause> cause_of(const Error& error) {
  switch (error.fault) {
    case Fault::upstream_rate_limited:
    case Fault::upstream_quota: return FallbackCause::rate_limited;
    case Fault::upstream_overloaded: return FallbackCause::overloaded;
    case Fault::upstream_timeout: return FallbackCause::timeout;
    case Fault::upstream_unreachable: return FallbackCause::unreachable;
    case Fault::upstream_error:
    case Fault::upstream_protocol:
    case Fault::upstream_truncated:
    case Fault::upstream_credential: return FallbackCause::upstream_error;
    case Fault::upstream_rejected:
      if (error.code == "context_length_exceeded") return FallbackCause::context_length;
      if (error.code == "content_filter" || error.code == "content_policy_violation") return FallbackCause::content_filter;
      return error.retry == Retry::next_target ? std::optional(FallbackCause::upstream_error) : std::nullopt;
    default: return std::nullopt;
  }
}

const ProviderKey* AttemptCursor::key() const {
  const auto& keys = target().keys;
  return keys.empty() ? nullptr : &keys[key_ % keys.size()];
}

bool AttemptCursor::next_key() {
  if (key_ + 1 >= target().keys.size()) return false;
  ++key_;
  return true;
}

bool AttemptCursor::next_target(const Error& error) {
  const auto& allowed = plan_.candidates[0].route->fallback_on;
  bool may = std::find(allowed.begin(), allowed.end(), cause_of(error)) != allowed.end();
  if (!may || at_ + 1 == plan_.count) return false;
  ++at_;
  key_ = 0;
  return true;
}

// Full jitter: anywhere between nothing and the bound, which doubles each time. Source: AWS, "Exponential backoff and jitter".
// What the provider said is a minimum.
Duration AttemptCursor::backoff(const Error& error, std::uint64_t random) const {
  Duration bound = std::min(retry_.backoff * (1 << std::min(same_again_, 10)), retry_.max_backoff);
  Duration jitter(static_cast<std::int64_t>((static_cast<unsigned __int128>(random) * static_cast<std::uint64_t>(bound.count())) >> 64));
  return std::max<Duration>(jitter, error.retry_after.value_or(milliseconds(0)));
}

AttemptCursor::Next AttemptCursor::after(const Error& error, AttemptPhase phase, std::uint64_t random, Duration left) {
  if (final(error)) return {};
  if (key_at_fault(error.fault) && next_key()) return {.go = true};
  if (ambiguous(error, phase) && ++ambiguous_ > ambiguous_repeats_max) return {};
  if (further_ >= retry_.attempts) return {};
  if (next_target(error)) {
    ++further_;
    return {.go = true};
  }
  if (error.retry == Retry::never || !transient(error)) return {};
  Duration wait = backoff(error, random);
  if (wait >= left) return {};
  ++further_;
  ++same_again_;
  return {.go = true, .after = wait};
}

}  // namespace tollgate
