#include "routing/choice.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace tollgate {
namespace {

constexpr std::size_t turns_max = 4096;
constexpr double last = 1e300;                                // behind all others
constexpr std::uint64_t explored = UINT64_MAX / 50;           // two calls in a hundred look whether a slow target is back

// splitmix64, a mixer of good quality. Source: Steele, Lea, Flood: "Fast splittable pseudorandom number generators".
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// Evenly in (0, 1].
double unit(std::uint64_t x) { return (static_cast<double>(x >> 11) + 1) * 0x1.0p-53; }

// The smallest of these wins with a chance in proportion to its weight.
double lot(std::uint64_t random, int weight) { return weight <= 0 ? last : -std::log(unit(random)) / weight; }

std::uint64_t hash_of(std::string_view a, std::string_view b) { return mixed(std::hash<std::string_view>()(a) * 31 + std::hash<std::string_view>()(b)); }

struct Scored {
  double score;
  std::uint64_t tie;
  std::uint16_t index;
};

double score_of(const Target& target, const Route& route, const Circumstances& c, std::uint64_t random) {
  const TargetHealth* health = target.health;
  int busy = health == nullptr ? 0 : health->in_flight.load(std::memory_order_relaxed);
  switch (route.strategy) {
    case Strategy::weighted: return lot(random, target.weight);
    case Strategy::difficulty: return target.capable == c.capable ? 0 : 1;
    case Strategy::least_busy: return busy;
    case Strategy::cheapest: return c.cost == nullptr ? 0 : static_cast<double>(c.cost->nano_usd(target));
    case Strategy::least_latency: {
      if (health == nullptr) return 0;
      const MovingMean& mean = c.stream ? health->first_token_us : health->total_us;
      return static_cast<double>(mean.value()) * (busy + 1);
    }
    default: return 0;
  }
}

}  // namespace

Order order_targets(const Route& route, const Circumstances& c) {
  Order order;
  order.count = std::min(route.targets.size(), targets_max);
  for (std::size_t i = 0; i < order.count; ++i) order.index[i] = static_cast<std::uint16_t>(i);
  if (route.strategy == Strategy::ordered || order.count < 2) return order;

  bool by_tier = route.strategy == Strategy::difficulty;
  bool sticky = c.session != 0 && route.affinity != Affinity::off;
  bool pinned = sticky && !by_tier;
  std::array<Scored, targets_max> scored;
  for (std::size_t i = 0; i < order.count; ++i) {
    const Target& target = *route.targets[i];
    std::uint64_t random = mixed(c.random + i);
    if (by_tier) random = sticky ? mixed(c.session ^ hash_of(target.provider, target.model)) : i;  // within a tier
    double score = pinned ? lot(mixed(c.session ^ hash_of(target.provider, target.model)), target.weight) : score_of(target, route, c, random);
    scored[i] = {score, random, static_cast<std::uint16_t>(i)};
  }
  if (!pinned && route.strategy == Strategy::weighted && !route.turns.empty() && route.health != nullptr) {
    std::uint32_t turn = route.health->turn.fetch_add(1, std::memory_order_relaxed);
    scored[route.turns[turn % route.turns.size()]].score = -1;
  }
  if (!pinned && route.strategy == Strategy::least_latency && mixed(~c.random) < explored) scored[c.random % order.count].score = -1;
  std::sort(scored.begin(), scored.begin() + static_cast<std::ptrdiff_t>(order.count),
            [](const Scored& a, const Scored& b) { return a.score != b.score ? a.score < b.score : a.tie < b.tie; });
  for (std::size_t i = 0; i < order.count; ++i) order.index[i] = scored[i].index;
  return order;
}

int bound_of(const Target& target) {
  bool follows = target.adaptive && target.health != nullptr;
  return follows ? target.health->bound.bound(target.max_in_flight) : target.max_in_flight;
}

bool usable(const ProviderKey& key, Instant now) {
  return (key.for_model == nullptr || key.for_model->usable(now)) && (key.credential == nullptr || key.credential->usable(now));
}

const ProviderKey* first_usable_key(const Target& target, Instant now) {
  auto key = std::find_if(target.keys.begin(), target.keys.end(), [&](const ProviderKey& at) { return usable(at, now); });
  return key == target.keys.end() ? nullptr : &*key;
}

namespace {

// The key to begin with: by weight among those that are usable; a conversation keeps its own.
std::optional<std::uint16_t> choose_key(const Target& target, bool heeds, const Circumstances& c) {
  std::optional<std::uint16_t> best;
  double least = 0;
  bool alike = std::all_of(target.keys.begin(), target.keys.end(), [&](const ProviderKey& key) { return key.weight == target.keys[0].weight; });
  for (std::size_t i = 0; i < target.keys.size(); ++i) {
    const ProviderKey& key = target.keys[i];
    if (heeds && !usable(key, c.now)) continue;
    std::uint64_t random = c.session != 0 ? mixed(c.session ^ hash_of(target.provider, key.name)) : mixed(c.random ^ mixed(i));
    double score = alike ? unit(random) : lot(random, key.weight);  // alike: the same chances without a logarithm
    if (best && score >= least) continue;
    best = static_cast<std::uint16_t>(i);
    least = score;
  }
  return best;
}

// Why no key is usable, of the one that will be soonest.
Standing without_key(const Target& target, Instant now) {
  Standing standing{.skip = Skip::benched, .wait = Duration::max()};
  for (const ProviderKey& key : target.keys) {
    Duration cooling{0}, benched{0};
    bool money = false;
    for (const KeyHealth* health : {key.for_model, key.credential}) {
      if (health == nullptr) continue;
      cooling = std::max(cooling, health->cooling_for(now));
      benched = std::max(benched, health->benched_for(now));
      money = money || (health->benched_for(now) > Duration(0) && health->why_benched() == KeyHealth::Why::no_money);
    }
    Duration wait = std::max(cooling, benched);
    if (wait >= standing.wait) continue;
    standing.wait = wait;
    standing.skip = benched == Duration(0) ? Skip::cooling : money ? Skip::no_money : Skip::benched;
  }
  return standing;
}

}  // namespace

Standing standing_of(const Target& target, bool heeds, const Circumstances& c) {
  if (target.context > 0 && c.input > target.context) return {.skip = Skip::context};
  TargetHealth* health = target.health;
  if (heeds && health != nullptr && !health->breaker.would_admit(c.now)) return {.skip = Skip::breaker_open, .wait = health->breaker.closed_for(c.now)};
  int most = bound_of(target);
  bool full = most > 0 && health != nullptr && health->in_flight.load(std::memory_order_relaxed) >= most;
  if (full) return {.skip = Skip::busy};
  if (target.keys.empty()) return {};
  bool one = target.keys.size() == 1 && (!heeds || usable(target.keys[0], c.now));
  if (one || c.random == 0) return {};
  auto key = choose_key(target, heeds, c);
  return key ? Standing{.key = *key} : without_key(target, c.now);
}

std::string_view to_string(Skip skip) {
  constexpr std::string_view words[] = {"", "breaker open", "every key is cooling down", "every key was refused", "every key has spent its quota", "at max_in_flight", "context too long", "lacks what the call needs"};
  return words[static_cast<std::size_t>(skip)];
}

std::vector<std::uint16_t> smooth_turns(std::vector<int> weights) {
  int divisor = 0;
  for (int weight : weights) divisor = std::gcd(divisor, weight);
  if (divisor == 0) return {};
  int total = 0;
  for (int& weight : weights) total += (weight /= divisor);
  std::vector<int> current(weights.size());
  std::vector<std::uint16_t> turns(std::min(static_cast<std::size_t>(total), turns_max));
  for (std::uint16_t& turn : turns) {
    for (std::size_t i = 0; i < weights.size(); ++i) current[i] += weights[i];
    auto most = std::max_element(current.begin(), current.end());
    *most -= total;
    turn = static_cast<std::uint16_t>(most - current.begin());
  }
  return turns;
}

}  // namespace tollgate
