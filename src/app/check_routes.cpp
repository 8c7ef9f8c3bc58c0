#include <fmt/format.h>

#include <algorithm>

#include "app/config_check.h"
#include "base/text.h"

namespace tollgate {
namespace {

using RouteEntry = Named<RouteConfig>::Entry;

template <class T>
std::vector<std::string> names_of(const Named<T>& things) {
  std::vector<std::string> names;
  for (const auto& thing : things) names.push_back(thing.name);
  return names;
}

void check_target(const Checking& checking, const config::Path& at, const TargetConfig& target) {
  const Config& config = checking.config;
  if (config.providers.find(target.provider) == nullptr)
    checking.error(at / "provider", fmt::format("there is no provider {}", config::shown(target.provider)),
                   nearest(target.provider, names_of(config.providers)).value_or(""));
  bool own_price = target.price.empty() || config.prices.find(target.price) != nullptr;
  if (!own_price && checking.options.catalogue_has_price && !checking.options.catalogue_has_price(target.price))
    checking.error(at / "price",
                   fmt::format("there is no price {}, here or in the catalogue", config::shown(target.price)),
                   nearest(target.price, names_of(config.prices)).value_or(""));
}

void check_targets(const Checking& checking, const config::Path& at, const RouteConfig& route) {
  for (std::size_t i = 0; i < route.targets.size(); ++i) {
    check_target(checking, at / i, route.targets[i]);
    for (std::size_t j = 0; j < i; ++j)
      if (route.targets[i].provider == route.targets[j].provider && route.targets[i].model == route.targets[j].model)
        checking.error(at / i, fmt::format("this is targets[{}] once more", j));
  }
}

void check_fallbacks(const Checking& checking, const config::Path& at, const RouteEntry& route) {
  for (std::size_t i = 0; i < route.value.fallback.size(); ++i) {
    const std::string& name = route.value.fallback[i];
    const RouteEntry* next = find_route(checking.config, name);
    if (next == nullptr)
      checking.error(at / i, fmt::format("there is no route {}", config::shown(name)),
                     nearest(name, names_of(checking.config.routes)).value_or(""));
    else if (next->name == route.name)
      checking.error(at / i, "a route cannot fall back to itself");
  }
}

// Walks fallbacks depth first. A route that is met again while it is open closes a circle.
class CircleSearch {
 public:
  explicit CircleSearch(const Checking& checking) : checking_(checking) {}

  void from(const RouteEntry& route) {
    if (std::ranges::find(done_, &route) != done_.end()) return;
    open_.push_back(&route);
    for (std::size_t i = 0; i < route.value.fallback.size(); ++i) step(route, i);
    open_.pop_back();
    done_.push_back(&route);
  }

 private:
  void step(const RouteEntry& route, std::size_t i) {
    const RouteEntry* next = find_route(checking_.config, route.value.fallback[i]);
    if (next == nullptr || next == &route) return;  // reported already
    if (std::ranges::find(open_, next) == open_.end()) return from(*next);
    checking_.error({"routes", route.name, "fallback", i},
                    fmt::format("fallbacks go in a circle: {} is on the way here already", config::shown(next->name)));
  }

  const Checking& checking_;
  std::vector<const RouteEntry*> open_;
  std::vector<const RouteEntry*> done_;
};

// Both tiers, and each target in one, where they count; none where they do not.
void check_tiers(const Checking& checking, const config::Path& at, const RouteConfig& route) {
  bool chooses = route.strategy == Strategy::difficulty;
  bool counts = chooses || route.cascade;
  for (std::size_t i = 0; i < route.targets.size(); ++i) {
    bool has_tier = route.targets[i].tier.has_value();
    if (chooses && !has_tier) checking.error(at / "targets" / i, "`tier` is missing: cheap or capable");
    if (!counts && has_tier) checking.error(at / "targets" / i / "tier", "this can never act: the route's strategy is not difficulty, and it has no cascade");
  }
  for (ModelTier tier : {ModelTier::cheap, ModelTier::capable})
    if (chooses && std::ranges::none_of(route.targets, [&](const TargetConfig& target) { return target.tier == tier; }))
      checking.error(at / "targets", fmt::format("no target is of the tier {}", setting_names(tier)[static_cast<std::size_t>(tier)]));
  if (!chooses && checking.written(at / "difficulty")) checking.error(at / "difficulty", "this can never act: the route's strategy is not difficulty");
}

void check_retry(const Checking& checking, const config::Path& at, const RetryConfig& retry) {
  bool waits = checking.written(at / "backoff") || checking.written(at / "max_backoff");
  if (retry.attempts == 0 && waits)
    checking.error(at, "backoff can never act: there are no further attempts (attempts: 0)");
  if (retry.backoff > retry.max_backoff)
    checking.error(checking.written(at / "max_backoff") ? at / "max_backoff" : at / "backoff",
                   fmt::format("backoff ({}) is longer than max_backoff ({})", format_duration(retry.backoff),
                               format_duration(retry.max_backoff)));
}

void check_second_answers(const Checking& checking, const config::Path& at, const RouteConfig& route) {
  if (route.targets.size() > 1) return;
  if (route.hedge) checking.error(at / "hedge", "this can never act: the route has one target");
  if (route.cascade) checking.error(at / "cascade", "this can never act: the route has one target");
}

void check_trials(const Checking& checking, const config::Path& at, const RouteEntry& route) {
  if (route.value.shadow) check_target(checking, at / "shadow" / "target", route.value.shadow->target);
  if (!route.value.split) return;
  const std::string& name = route.value.split->to;
  const RouteEntry* to = find_route(checking.config, name);
  if (to == nullptr)
    checking.error(at / "split" / "to", fmt::format("there is no route {}", config::shown(name)), nearest(name, names_of(checking.config.routes)).value_or(""));
  else if (to->name == route.name)
    checking.error(at / "split" / "to", "a route cannot be split to itself");
  else if (to->value.split)
    checking.error(at / "split" / "to", fmt::format("{} is split itself", config::shown(name)));
}

void check_priority(const Checking& checking, const config::Path& at, const RouteConfig& route) {
  auto is_kind = [](const std::string& name) {
    return std::ranges::any_of(std::initializer_list<std::string_view>{"team:", "key:", "user:", "feature:"},
                               [&](std::string_view kind) { return name.starts_with(kind) && name.size() > kind.size(); });
  };
  auto check = [&](const config::Path& list, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!is_kind(names[i])) checking.error(list / i, "this must be `team:`, `key:`, `user:` or `feature:` and a name");
  };
  check(at / "high", route.priority.high);
  check(at / "low", route.priority.low);
  bool acts = route.queue.has_value() || (route.priority.high.empty() && route.priority.low.empty());
  if (!acts) checking.error(at, "this can never act: the route has no queue");
}

void check_route(const Checking& checking, const RouteEntry& route) {
  config::Path at{"routes", route.name};
  check_targets(checking, at / "targets", route.value);
  check_fallbacks(checking, at / "fallback", route);
  check_tiers(checking, at, route.value);
  check_retry(checking, at / "retry", route.value.retry);
  if (route.value.strategy == Strategy::weighted && std::ranges::all_of(route.value.targets, [](const TargetConfig& target) { return target.weight == 0; }))
    checking.error(at / "targets", "every weight is 0: nobody would ever be asked");
  if (route.value.queue && std::ranges::none_of(route.value.targets, [](const TargetConfig& target) { return target.max_in_flight || target.adaptive; }))
    checking.error(at / "queue", "this can never act: no target has max_in_flight");
  check_second_answers(checking, at, route.value);
  check_trials(checking, at, route);
  check_priority(checking, at / "priority", route.value);
  bool nowhere_to_go = route.value.targets.size() == 1 && route.value.fallback.empty();
  bool asks_for_it = route.value.fallback_on != RouteConfig{}.fallback_on;
  if (nowhere_to_go && asks_for_it)
    checking.error(at / "fallback_on", "this can never act: the route has one target and no fallback");
}

// Names by which targets find their prices: their own, or the model's, alone and with the provider's type before it.
std::vector<std::string> wanted_prices(const Config& config) {
  std::vector<std::string> wanted;
  for (const auto& route : config.routes)
    for (const TargetConfig& target : route.value.targets) {
      wanted.push_back(target.price.empty() ? target.model : target.price);
      if (const auto* provider = config.providers.find(target.provider))
        wanted.push_back(fmt::format("{}/{}", provider->type, target.model));
    }
  return wanted;
}

// A dated model (`gpt-4o-2024-11-20`) is found under its undated name too.
bool is_wanted(const std::vector<std::string>& wanted, std::string_view price) {
  return std::ranges::any_of(wanted, [&](std::string_view name) {
    return name.starts_with(price) &&
           (name.size() == price.size() || name[price.size()] == '-' || name[price.size()] == '@');
  });
}

// Whether it is a price of something else than tokens, which a model may have alone.
bool counts_otherwise(const PriceConfig& price) {
  return price.audio_hour || price.characters || price.page || price.annotated_page || price.image || price.request;
}

void check_price_tiers(const Checking& checking, const config::Path& at, const PriceConfig& price) {
  for (std::size_t i = 1; i < price.tiers.size(); ++i)
    if (price.tiers[i].above <= price.tiers[i - 1].above)
      checking.error(at / "tiers" / i / "above", "tiers must grow: this one is not above the one before");
}

void check_terms(const Checking& checking) {
  for (const auto& [name, terms] : checking.config.pricing.terms) {
    config::Path at{"pricing", "terms", name};
    if (terms.discount.has_value() == terms.surcharge.has_value()) checking.error(at, "say either `discount` or `surcharge`");
    const auto& providers = checking.config.providers;
    for (std::size_t i = 0; i < terms.provider.size(); ++i)
      if (std::ranges::none_of(providers, [&](const auto& entry) { return matches(terms.provider[i], entry.name); }))
        checking.error(at / "provider" / i, fmt::format("there is no provider {}", config::shown(terms.provider[i])),
                       nearest(terms.provider[i], names_of(providers)).value_or(""));
    for (std::size_t i = 0; i < terms.region.size(); ++i)
      if (std::ranges::none_of(providers, [&](const auto& entry) { return matches(terms.region[i], entry.value.region); }))
        checking.error(at / "region" / i, fmt::format("no provider is in a region {}", config::shown(terms.region[i])));
  }
}

void check_price(const Checking& checking, const std::string& name, const PriceConfig& price) {
  config::Path at{"prices", name};
  if (price == PriceConfig{}) return checking.error(at, "this sets no price");
  const auto& catalogue = checking.options.catalogue_has_price;
  check_price_tiers(checking, at, price);
  bool in_tokens = price.input || price.output || price.tiers.size() > 0;
  bool whole = (price.input && price.output) || (!in_tokens && counts_otherwise(price));
  if (!whole && catalogue && !catalogue(name))
    checking.error(at, fmt::format("{} is missing, and the catalogue has no such price (0 for what is free)",
                                   price.input ? "`output`" : "`input`"));
}

}  // namespace

void check_routes(const Checking& checking) {
  CircleSearch circles(checking);
  for (const auto& route : checking.config.routes) {
    check_route(checking, route);
    circles.from(route);
  }
  check_terms(checking);
  auto wanted = wanted_prices(checking.config);
  for (const auto& [name, price] : checking.config.prices) {
    check_price(checking, name, price);
    if (!checking.config.server.open_routes && !is_wanted(wanted, name))
      checking.warn({"prices", name}, "no target has this price");
  }
}

}  // namespace tollgate
