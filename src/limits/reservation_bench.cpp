// One reserve + settle, for a call under no limit to eight, each by a value, on one thread and on two at once. Goals: 0.1 to 0.2 us under one limit, 1 us
// under five, no memory, and two threads that settle as many as one twice when they ask for other users.
//
//   limits_reservation_bench            a table
//   limits_reservation_bench --json     under five limits, for bench/limiter.py
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <new>
#include <string_view>
#include <thread>
#include <vector>

#include "limits/reservation.h"

namespace {
std::atomic<long> allocations = 0;
}

[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace tollgate;

namespace {

constexpr int rounds = 1'000'000, compared_limits = 5;

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

void reserve_and_settle(const Policy& policy, std::string_view user, int times) {
  Subject subject{.key = "search-dev", .team = "search", .user = user, .feature = "autocomplete", .model = "gpt-4o"};
  WallTime now{1'795'000'000'000'000'000};
  for (int i = 0; i < times; ++i) {
    auto reserved = Reservation::take(policy, subject, Money{1000}, now);
    reserved->dispatched();
    reserved->settle(Money{10});
  }
}

struct Measured {
  double cpu_ns = 0;     // of one reserve + settle
  double each_second = 0;  // by the clock, all threads together
  double allocations = 0;
};

// `users`: one for each thread; the same name twice is one counter for both.
Measured measure(int limits, const std::vector<std::string_view>& users) {
  Counters counters(7);
  Policy policy = policy_with(limits, counters);
  for (std::string_view user : users) reserve_and_settle(policy, user, 1000);  // the first sight of a value makes its counter
  long before = allocations;
  std::clock_t cpu = std::clock();
  auto began = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < users.size(); ++i) threads.emplace_back([&, i] { reserve_and_settle(policy, users[i], rounds); });
    reserve_and_settle(policy, users[0], rounds);
  }
  double calls = static_cast<double>(rounds) * static_cast<double>(users.size());
  double seconds_passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return {1e9 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC / calls, calls / seconds_passed,
          static_cast<double>(allocations - before) / calls};
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string_view> alone{"alice@example.com"}, apart{"alice@example.com", "bob@example.com"}, together{"alice@example.com", "alice@example.com"};
  if (count == 2 && std::string_view(words[1]) == "--json") {
    auto part = [](std::string_view name, const Measured& m) {
      return fmt::format(R"("{}":{{"cpu_ns":{:.1f},"each_second":{:.0f},"allocations":{:.4f}}})", name, m.cpu_ns, m.each_second, m.allocations);
    };
    fmt::print("{{{},{},{}}}\n", part("one thread", measure(compared_limits, alone)), part("two threads, other users", measure(compared_limits, apart)),
               part("two threads, one user", measure(compared_limits, together)));
    return 0;
  }
  for (int limits : {0, 1, 3, 5, 8})
    for (const auto* users : {&alone, &apart, &together}) {
      Measured m = measure(limits, *users);
      fmt::print("reserve + settle under {} limits, {} of {}: {:.0f} ns CPU, {:.0f} a second, {:.4f} allocations\n", limits,
                 users->size() == 1 ? "one thread" : "two threads", users == &apart ? "two users" : "one user", m.cpu_ns, m.each_second, m.allocations);
    }
}
