// What deciding costs: the plan for a route of 20 targets, each with two keys, by every strategy. CPU time of one thread; allocations.
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <deque>
#include <new>

#include "routing/plan.h"

using namespace tollgate;

namespace {

std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

struct FlatCost final : CostOf {
  std::int64_t nano_usd(const Target& target) const override { return target.weight; }
};

}  // namespace

int main() {
  constexpr int targets_count = 20, rounds = 200'000;
  HealthBook book;
  std::deque<Target> targets;
  Route route;
  route.breaker = BreakerConfig{};
  route.health = book.route("r");
  for (int i = 0; i < targets_count; ++i) {
    Target& target = targets.emplace_back();
    target.provider = fmt::format("provider-{}", i);
    target.model = "m";
    target.weight = 1 + i % 3;
    target.capable = i % 2 == 0;
    target.health = book.target(target.provider, "m");
    for (const char* name : {"main", "spare"})
      target.keys.push_back({.name = name, .secret = {}, .weight = 1, .for_model = book.key(target.provider, "m", name), .credential = book.credential(target.provider, name, 1)});
    route.targets.push_back(&target);
  }
  std::vector<int> weights;
  for (const Target& target : targets) weights.push_back(target.weight);
  route.turns = smooth_turns(weights);
  FlatCost cost;
  for (Strategy strategy : {Strategy::ordered, Strategy::weighted, Strategy::least_latency, Strategy::least_busy, Strategy::cheapest, Strategy::difficulty}) {
    route.strategy = strategy;
    std::size_t before = allocations, seen = 0;
    std::clock_t begin = std::clock();
    for (int i = 0; i < rounds; ++i)
      seen += make_plan(route, {.now = Instant{1'000'000'000}, .random = static_cast<std::uint64_t>(i) * 2654435761u + 1, .input = 100, .cost = &cost}).count;
    double ns = 1e9 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / rounds;
    std::size_t allocated = allocations - before;
    fmt::print("{}: {:.0f} ns, {} allocations ({} targets a plan)\n", setting_names(strategy)[static_cast<std::size_t>(strategy)], ns, allocated, seen / rounds);
  }
}
