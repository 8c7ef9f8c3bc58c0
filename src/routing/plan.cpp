#include "routing/plan.h"

#include <algorithm>

namespace tollgate {
namespace {

constexpr int fallback_depth_max = 8;
constexpr int ambiguous_repeats_max = 1;

bool is_lacking(const Route& route, const Target& target, const Circumstances& circumstances) {
  if (!circumstances.needs.any()) return false;
  return std::any_of(route.lacks.begin(), route.lacks.end(),
                     [&](const TargetLacks& lacks) { return lacks.target == &target && lacks.traits.meets(circumstances.needs); });
}

void add(Plan& plan, const Route& route, const Circumstances& circumstances, bool heeds, int depth) {
  Order order = order_targets(route, circumstances);
  for (std::size_t i = 0; i < order.count; ++i) {
    const Target* target = route.targets[order.index[i]];
    auto end = plan.candidates.begin() + static_cast<std::ptrdiff_t>(plan.count);
    bool known = std::any_of(plan.candidates.begin(), end, [&](const Candidate& c) { return c.target == target; });
    if (!known && plan.count < plan_max) plan.candidates[plan.count++] = {target, &route, is_lacking(route, *target, circumstances) ? Standing{.skip = Skip::lacking} : standing_of(*target, heeds, circumstances)};
  }
  if (depth == fallback_depth_max) return;
  for (const Route* next : route.fallback) add(plan, *next, circumstances, heeds, depth + 1);
}

// A target whose context is too small is no use; but the tokens are an estimate, so that nothing but such targets is asked all the same.
bool is_out(const Candidate& candidate) { return candidate.standing.skip != Skip::none; }

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

Plan make_plan(const Route& route, const Circumstances& circumstances) {
  Plan plan;
  add(plan, route, circumstances, route.breaker.has_value(), 0);
  auto begin = plan.candidates.begin(), end = begin + static_cast<std::ptrdiff_t>(plan.count);
  if (std::none_of(begin, end, is_out)) return plan;
  bool only_context = std::all_of(begin, end, [](const Candidate& c) { return c.standing.skip == Skip::context; });
  if (only_context) {
    for (auto at = begin; at != end; ++at) at->standing = {};
    return plan;
  }
  // In place, and without memory: the usable ones first, each part in its order.
  std::array<Candidate, plan_max> out;
  std::size_t used = 0, skipped = 0;
  for (auto at = begin; at != end; ++at) {
    if (is_out(*at))
      out[skipped++] = *at;
    else
      plan.candidates[used++] = *at;
  }
  std::copy_n(out.begin(), skipped, plan.candidates.begin() + static_cast<std::ptrdiff_t>(used));
  plan.count = used;
  plan.skipped = skipped;
  return plan;
}

Error nobody_to_ask(const Plan& plan) {
  auto all = std::span(plan.candidates).subspan(plan.count, plan.skipped);
  auto any = [&](Skip skip) { return std::any_of(all.begin(), all.end(), [&](const Candidate& c) { return c.standing.skip == skip; }); };
  bool none_can = !all.empty() && std::all_of(all.begin(), all.end(), [](const Candidate& c) { return c.standing.skip == Skip::lacking; });
  if (none_can) return {.fault = Fault::invalid_request, .detail = "no target of this model can do what the call needs", .param = "model", .code = "unsupported_parameter"};
  Error error;
  if (any(Skip::busy) || any(Skip::breaker_open))
    error = {.fault = Fault::overloaded, .detail = any(Skip::busy) ? "every provider of this model is busy" : "the providers of this model keep failing and are left alone for a moment"};
  else if (any(Skip::cooling))
    error = {.fault = Fault::upstream_rate_limited, .detail = "the providers of this model have no room at the moment"};
  else if (any(Skip::no_money))
    error = {.fault = Fault::upstream_quota, .detail = "the quota at the providers of this model is used up"};
  else
    error = {.fault = Fault::upstream_credential, .detail = "no credential for this model works"};
  Duration shortest = Duration::max();
  for (const Candidate& candidate : all)
    if (candidate.standing.wait > Duration(0)) shortest = std::min(shortest, candidate.standing.wait);
  bool soon = error.fault == Fault::overloaded || error.fault == Fault::upstream_rate_limited;
  if (soon) error.retry_after = shortest == Duration::max() ? milliseconds(1000) : std::chrono::ceil<milliseconds>(shortest);
  return error;
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
  return keys.empty() ? nullptr : &keys[(plan_.candidates[at_].standing.key + key_) % keys.size()];
}

bool AttemptCursor::next_key(Instant now) {
  while (key_ + 1 < target().keys.size()) {
    ++key_;
    if (usable(*key(), now)) return true;
  }
  return false;
}

const Candidate* AttemptCursor::beside() const {
  if (at_ + 1 >= plan_.count) return nullptr;
  const Candidate& next = plan_.candidates[at_ + 1];
  return next.route == plan_.candidates[at_].route ? &next : nullptr;
}

bool AttemptCursor::pass_over() {
  if (at_ + 1 >= plan_.count) return false;
  ++at_;
  key_ = 0;
  return true;
}

bool AttemptCursor::next_target(const Error& error) {
  const auto& allowed = plan_.candidates[0].route->fallback_on;
  bool may = std::find(allowed.begin(), allowed.end(), cause_of(error)) != allowed.end();
  return may && pass_over();
}

// Full jitter: anywhere between nothing and the bound, which doubles each time. Source: AWS, "Exponential backoff and jitter".
// What the provider said is a minimum.
Duration AttemptCursor::backoff(const Error& error, std::uint64_t random, Instant now) const {
  Duration bound = std::min(retry_.backoff * (1 << std::min(same_again_, 10)), retry_.max_backoff);
  Duration jitter(static_cast<std::int64_t>((static_cast<unsigned __int128>(random) * static_cast<std::uint64_t>(bound.count())) >> 64));
  const ProviderKey* at = key();
  Duration cooling = at == nullptr || at->for_model == nullptr ? Duration(0) : at->for_model->cooling_for(now);
  return std::max({jitter, Duration(error.retry_after.value_or(milliseconds(0))), cooling});
}

AttemptCursor::Next AttemptCursor::after(const Error& error, AttemptPhase phase, std::uint64_t random, Duration left, Instant now) {
  if (final(error)) return {};
  if (key_at_fault(error.fault) && next_key(now)) return {.go = true};
  if (ambiguous(error, phase) && ++ambiguous_ > ambiguous_repeats_max) return {};
  if (further_ >= retry_.attempts) return {};
  if (next_target(error)) {
    ++further_;
    return {.go = true};
  }
  if (error.retry == Retry::never || !transient(error)) return {};
  Duration wait = backoff(error, random, now);
  if (wait >= left) return {};
  ++further_;
  ++same_again_;
  return {.go = true, .after = wait, .repeats = true};
}

}  // namespace tollgate
