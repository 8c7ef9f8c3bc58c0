// Reserving and settling take no memory once a value is known.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "limits/limits_for_test.h"
#include "limits/reservation.h"

namespace {
std::atomic<long> allocations = 0;
}

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  std::size_t step = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace tollgate {
namespace {

TEST(Allocation, DoesNotHappenForAKnownValue) {
  Counters counters{7};
  LimitSpec each = budget("each", usd(1000));
  each.each = by({"user", "feature", "tags.env"});
  each.match = {only("team", {"search"})};
  LimitSpec roll = rolling_budget("roll", usd(1000), std::chrono::hours(5));
  Policy policy = policy_of({each, roll, budget("all", usd(1000), Every::month)}, counters);
  Tags tags{{"env", "a tag that is longer than any small string"}};
  Subject subject{
      .team = "search", .user = "somebody with a long name@example.com", .feature = "autocomplete", .tags = &tags};
  WallTime now = at("2026-11-22T12:00:00Z");
  Reservation::take(policy, subject, usd(1), now)->settle(usd(1));

  long before = allocations;
  for (int i = 0; i < 100; ++i) {
    auto reserved = Reservation::take(policy, subject, cents(1), now + seconds(i));
    reserved->dispatched();
    reserved->settle(cents(1));
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace tollgate
