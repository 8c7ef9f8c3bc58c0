// What runs for each request takes no memory once names, series and keys are known.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "telemetry/access_log.h"
#include "telemetry/key_totals.h"
#include "telemetry/metrics.h"
#include "telemetry/request_metrics.h"
#include "telemetry/rows_for_test.h"

namespace {
thread_local long allocations = 0;
}

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
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

TEST(Allocation, DoesNotHappenForARequestLikeTheLastOne) {
  Registry registry(metric::gateway_families);
  CurrentLabelNames names(names_for_test());
  MetricCells& cells = registry.add_cells();
  RequestMetrics metrics(registry, cells, names);
  KeyTotals totals;
  AccessLogLane lane(cells, registry.counter(metric::access_log_dropped_total));
  RandomRows rows(1);
  RequestRow row = rows.next();
  auto attempts = std::vector<AttemptRow>(3);
  attempts[2].provider = "openai";
  auto record = [&] {
    metrics.recorded(row, attempts);
    metrics.limit_rejected("search-daily");
    totals.recorded(row, attempts);
    lane.recorded(row, attempts);
  };
  std::string taken;
  for (std::size_t i = 0; i < AccessLogLane::rows_max; ++i) record();  // each place of the ring grows its strings once
  while (lane.take_lines(taken, AccessLogLane::rows_max * 1000, Personal::left_out)) taken.clear();

  long before = allocations;
  for (int i = 0; i < 1000; ++i) record();
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace tollgate
