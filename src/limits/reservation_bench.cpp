// CPU time of one reserve + settle, for a call under one, three and eight limits, each by a value. Goal: 0.1 to 0.2 us.
#include <fmt/format.h>

#include <ctime>

#include "limits/reservation.h"

using namespace tollgate;

namespace {

constexpr int rounds = 2'000'000;

Policy policy_with(int limits, Counters& counters) {
  std::vector<LimitSpec> specs;
  for (int i = 0; i < limits; ++i)
    specs.push_back({.name = fmt::format("limit{}", i),
                     .match = {{{Attribute::team, {}}, {"search"}}},
                     .each = {{Attribute::user, {}}},
                     .amount = usd(1'000'000).nano_usd,
                     .window = Window::calendar(Every::day, std::make_shared<const Zone>(Zone::utc()))});
  return std::move(*Policy::compile(std::move(specs), counters));
}

}  // namespace

int main() {
  for (int limits : {0, 1, 3, 8}) {
    Counters counters(7);
    Policy policy = policy_with(limits, counters);
    Subject subject{.key = "search-dev",
                    .team = "search",
                    .user = "alice@example.com",
                    .feature = "autocomplete",
                    .model = "gpt-4o"};
    WallTime now{1'795'000'000'000'000'000};
    std::clock_t begin = std::clock();
    for (int i = 0; i < rounds; ++i) {
      auto reserved = Reservation::take(policy, subject, Money{1000}, now);
      reserved->dispatched();
      reserved->settle(Money{10});
    }
    double spent_ns = 1e9 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    fmt::print("reserve + settle under {} limits: {:.0f} ns\n", limits, spent_ns / rounds);
  }
}
