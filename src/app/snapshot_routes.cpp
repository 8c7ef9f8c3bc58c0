// The routes of a snapshot: those that are configured, what they try out beside, and those that stand for providers.

#include "app/snapshot_builder.h"
#include "providers/upstream.h"

namespace tollgate {

Result<void> SnapshotBuilder::add_routes(const Config& config, const std::vector<Upstream>& upstreams,
                                         Snapshot& snapshot) const {
  std::vector<Route*> routes;
  for (const auto& entry : config.routes) {
    Route& route = snapshot.routes.add_route(entry.name);
    routes.push_back(&route);
    route.fallback_on = entry.value.fallback_on;
    route.retry = entry.value.retry;
    route.total = entry.value.timeouts.total;
    route.strategy = entry.value.strategy;
    route.breaker = entry.value.breaker;
    route.hedge = entry.value.hedge;
    route.cascade = entry.value.cascade;
    route.goes_on = entry.value.goes_on;
    route.priority = entry.value.priority;
    route.queue = entry.value.queue;
    route.affinity = entry.value.affinity;
    route.single_flight = entry.value.single_flight;
    route.difficulty = entry.value.difficulty;
    route.heartbeat = entry.value.heartbeat;
    route.health = sources_.health.route(entry.name);
    std::vector<int> weights;
    for (const TargetConfig& wanted : entry.value.targets) weights.push_back(wanted.weight);
    if (route.strategy == Strategy::weighted) route.turns = smooth_turns(std::move(weights));
    for (const TargetConfig& wanted : entry.value.targets)
      TG_TRY_VOID(add_target(config, upstreams, wanted, route, snapshot));
  }
  for (std::size_t i = 0; i < routes.size(); ++i) TG_TRY_VOID(add_trials(config, upstreams, config.routes.entries[i].value, *routes[i], snapshot));
  for (std::size_t i = 0; i < routes.size(); ++i)
    for (const std::string& name : config.routes.entries[i].value.fallback)
      if (const Route* fallback = snapshot.routes.find(name)) routes[i]->fallback.push_back(fallback);
  TG_TRY_VOID(add_passthrough(config, upstreams, snapshot));
  if (!config.server.open_routes) return {};
  return add_open_routes(config, upstreams, snapshot);
}

// What tries out another model: a share that goes elsewhere, and a share that is made once more.
Result<void> SnapshotBuilder::add_trials(const Config& config, const std::vector<Upstream>& upstreams, const RouteConfig& wanted, Route& route,
                                         Snapshot& snapshot) const {
  if (wanted.split) {
    route.split_to = snapshot.routes.find(wanted.split->to);
    route.split_share = wanted.split->share;
  }
  if (!wanted.shadow) return {};
  Route& shadow = snapshot.shadows[route.name];
  shadow.name = route.name;
  shadow.total = route.total;
  shadow.breaker = BreakerConfig{};
  shadow.health = route.health;
  TG_TRY_VOID(add_target(config, upstreams, wanted.shadow->target, shadow, snapshot));
  route.shadow = &shadow;
  route.shadow_share = wanted.shadow->share;
  route.shadow_budget = wanted.shadow->budget;
  return {};
}

Result<void> SnapshotBuilder::add_passthrough(const Config& config, const std::vector<Upstream>& upstreams, Snapshot& snapshot) const {
  for (const auto& provider : config.providers) {
    Route& route = snapshot.passthrough[provider.name];
    route.name = provider.name + "/*";
    route.open = true;
    route.retry = {.attempts = 0};
    TG_TRY_VOID(add_target(config, upstreams, {.provider = provider.name}, route, snapshot));
  }
  return {};
}

// `provider/*` for each provider, unless the configuration has a route of that very name.
Result<void> SnapshotBuilder::add_open_routes(const Config& config, const std::vector<Upstream>& upstreams,
                                              Snapshot& snapshot) const {
  for (const auto& provider : config.providers) {
    std::string name = provider.name + "/*";
    if (config.routes.find(name) != nullptr) continue;
    Route& route = snapshot.routes.add_route(std::move(name));
    route.open = true;
    route.fallback_on = RouteConfig{}.fallback_on;
    route.retry = {};
    route.breaker = BreakerConfig{};
    route.heartbeat = RouteConfig{}.heartbeat;
    route.health = sources_.health.route(route.name);
    TG_TRY_VOID(add_target(config, upstreams, {.provider = provider.name}, route, snapshot));
  }
  return {};
}

}  // namespace tollgate
