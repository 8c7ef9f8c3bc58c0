#include "async/clock.h"

#include <ctime>

namespace tollgate {
namespace {

std::int64_t read_clock(clockid_t id) {
  timespec at{};
  ::clock_gettime(id, &at);
  return at.tv_sec * 1'000'000'000LL + at.tv_nsec;
}

}  // namespace

Instant SystemClock::now() { return {read_clock(CLOCK_MONOTONIC)}; }
WallTime SystemClock::wall() { return {read_clock(CLOCK_REALTIME)}; }

}  // namespace tollgate
