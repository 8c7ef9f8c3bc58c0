#pragma once
// What a model name stands for: a Route, with targets to try in order and other routes to fall back to. Made at load, never
// changed; routes and targets point at each other within one table.

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "domain/target.h"
#include "routing/config.h"
#include "routing/health.h"

namespace tollgate {

// What of a call a target cannot do; beside the target, which knows no settings.
struct TargetLacks {
  const Target* target;
  CallTraits traits;
};

struct Route {
  std::string name;  // may end in `*`
  bool open = false;  // `provider/*`: what the caller writes in place of the `*` is the provider's name of the model
  std::vector<const Target*> targets;
  std::vector<const Route*> fallback;  // no cycles: refused at load
  std::vector<FallbackCause> fallback_on;
  RetryConfig retry;
  Duration total = seconds(600);
  Strategy strategy = Strategy::ordered;
  std::optional<BreakerConfig> breaker{};
  std::optional<QueueConfig> queue{};
  Affinity affinity = Affinity::off;
  DifficultyConfig difficulty{};
  std::optional<Duration> heartbeat{};
  std::optional<HedgeConfig> hedge{};
  std::optional<CascadeConfig> cascade{};
  const Route* split_to = nullptr;     // where `split_share` of the callers go; null: nowhere else
  Percent split_share{};
  const Route* shadow = nullptr;       // one target that is asked once more for `shadow_share` of the calls; null: none
  Percent shadow_share{};
  Money shadow_budget{};               // a day
  PriorityConfig priority{};
  bool goes_on = false;                // a stream that breaks after content is gone on with elsewhere
  bool single_flight = false;
  std::vector<TargetLacks> lacks{};    // of its targets, those that lack something
  std::vector<std::uint16_t> turns{};  // of `strategy: weighted`: indexes of targets, spread evenly
  RouteHealth* health = nullptr;       // null: nothing is remembered
};

class RouteTable {
 public:
  // Where the table keeps what is added; addresses stay.
  Target& add_target();
  Route& add_route(std::string name);

  // The route of exactly this name, else the one with the longest pattern that matches; null when there is none.
  const Route* find(std::string_view model) const;

  const std::deque<Route>& routes() const { return routes_; }
  const std::deque<Target>& targets() const { return targets_; }

 private:
  std::deque<Target> targets_;
  std::deque<Route> routes_;
  TextMap<const Route*> by_name_;
  std::vector<const Route*> patterns_;  // longest first
};

}  // namespace tollgate
