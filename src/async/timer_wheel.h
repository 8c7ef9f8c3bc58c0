#pragma once
// When to give up, for very many at once: a wheel of slots one millisecond wide. Arming and disarming are O(1) and touch no
// kernel timer. A timer fires at the first turn at or after its time, so up to a millisecond late and never early.

#include <array>
#include <cstdint>

#include "async/list.h"
#include "base/time.h"

namespace tollgate {

struct Timer {
  ListNode slot;
  std::int64_t tick = 0;
  void (*fire)(Timer&) = nullptr;

  void disarm() { slot.leave(); }
  bool armed() const { return slot.linked(); }
};

class TimerWheel {
 public:
  // `start` is the time of the first turn.
  explicit TimerWheel(Instant start) : now_tick_(floor_tick(start)) {}

  // A timer may be armed again while it is armed. Instant::never() disarms.
  void arm(Timer& timer, Instant at);

  // Fires everything due at `now`. Firing may arm and disarm any timer.
  void advance(Instant now);

  // The earliest time at which `advance` might have something to do; Instant::never() when nothing is armed.
  Instant next() const;

 private:
  static constexpr std::int64_t tick_ns = 1'000'000;
  static constexpr std::size_t slots = 4096;
  static std::int64_t floor_tick(Instant at) { return at.ns / tick_ns; }
  static std::int64_t ceil_tick(Instant at) { return at.ns / tick_ns + (at.ns % tick_ns > 0); }

  using Slot = List<Timer, &Timer::slot>;
  void fire_slot(std::size_t index);

  std::array<Slot, slots> wheel_;
  mutable std::array<std::uint64_t, slots / 64> occupied_{};  // a hint: a set bit may be an emptied slot
  std::int64_t now_tick_;
};

}  // namespace tollgate
