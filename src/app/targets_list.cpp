#include "app/targets_list.h"

#include <algorithm>

#include "json/write.h"
#include "routing/health.h"

namespace tollgate {
namespace {

constexpr std::int64_t us_per_ms = 1000;

// Routes may share a target, and what is remembered of it is one.
std::vector<const Target*> distinct(const Snapshot& snapshot) {
  std::vector<const Target*> out;
  for (const Target& target : snapshot.routes.targets()) {
    bool known = std::any_of(out.begin(), out.end(), [&](const Target* other) { return other->health == target.health; });
    if (target.health != nullptr && !target.model.empty() && !known) out.push_back(&target);
  }
  return out;
}

void write_time(json::Writer& out, std::string_view name, Duration left, WallTime wall) {
  out.key(name);
  if (left == Duration(0))
    out.null();
  else
    out.value(rfc3339(wall + left));
}

void write_key(json::Writer& out, const ProviderKey& key, Instant now, WallTime wall) {
  Duration cooling{0}, benched{0};
  for (const KeyHealth* health : {key.for_model, key.credential}) {
    if (health == nullptr) continue;
    cooling = std::max(cooling, health->cooling_for(now));
    benched = std::max(benched, health->benched_for(now));
  }
  out.begin_object().member("name", key.name);
  write_time(out, "cooling_until", cooling, wall);
  out.member("disabled", benched > Duration(0));
  write_time(out, "disabled_until", benched, wall);
  out.end_object();
}

}  // namespace

std::string targets_json(const Snapshot& snapshot, Instant now, WallTime wall) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("targets").begin_array();
  for (const Target* target : distinct(snapshot)) {
    const TargetHealth& health = *target->health;
    out.begin_object().member("provider", target->provider).member("model", target->model).member("region", target->region);
    out.member("breaker", to_string(health.breaker.state(now)));
    out.member("in_flight", health.in_flight.load(std::memory_order_relaxed));
    out.member("latency_ms", health.total_us.value() / us_per_ms);
    out.member("first_token_ms", health.first_token_us.value() / us_per_ms);
    out.key("keys").begin_array();
    for (const ProviderKey& key : target->keys) write_key(out, key, now, wall);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return text;
}

std::vector<BreakerFigure> breaker_figures(const Snapshot& snapshot, Instant now) {
  std::vector<BreakerFigure> out;
  for (const Target* target : distinct(snapshot)) {
    Breaker::State state = target->health->breaker.state(now);
    out.push_back({target->provider, target->model, state == Breaker::State::open ? 2 : state == Breaker::State::half_open ? 1 : 0});
  }
  return out;
}

}  // namespace tollgate
