#include "async/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace tollgate {

void TimerWheel::arm(Timer& timer, Instant at) {
  timer.disarm();
  if (at == Instant::never()) return;
  timer.tick = std::max(ceil_tick(at), now_tick_ + 1);
  std::size_t index = static_cast<std::size_t>(timer.tick) % slots;
  wheel_[index].push_back(timer);
  occupied_[index / 64] |= 1ULL << (index % 64);
}

void TimerWheel::fire_slot(std::size_t index) {
  Slot due, later;
  while (Timer* timer = wheel_[index].pop_front()) (timer->tick <= now_tick_ ? due : later).push_back(*timer);
  wheel_[index].take_all(later);
  if (wheel_[index].empty()) occupied_[index / 64] &= ~(1ULL << (index % 64));
  while (Timer* timer = due.pop_front()) timer->fire(*timer);
}

void TimerWheel::advance(Instant now) {
  std::int64_t target = floor_tick(now);
  if (target <= now_tick_) return;
  std::int64_t first = now_tick_ + 1;
  std::int64_t steps = std::min<std::int64_t>(target - now_tick_, slots);
  now_tick_ = target;
  for (std::int64_t step = 0; step < steps; ++step) {
    std::size_t index = static_cast<std::size_t>(first + step) % slots;
    if (occupied_[index / 64] == 0) {  // nothing in this group of 64: go to its end
      step += static_cast<std::int64_t>(63 - index % 64);
      continue;
    }
    if (occupied_[index / 64] & (1ULL << (index % 64))) fire_slot(index);
  }
}

Instant TimerWheel::next() const {
  for (std::int64_t step = 1; step <= static_cast<std::int64_t>(slots);) {
    std::size_t index = static_cast<std::size_t>(now_tick_ + step) % slots;
    std::uint64_t group = occupied_[index / 64] >> (index % 64);
    if (group == 0) {
      step += static_cast<std::int64_t>(64 - index % 64);
      continue;
    }
    step += std::countr_zero(group);
    index = static_cast<std::size_t>(now_tick_ + step) % slots;
    if (step > static_cast<std::int64_t>(slots)) break;
    if (!wheel_[index].empty()) return {(now_tick_ + step) * tick_ns};
    occupied_[index / 64] &= ~(1ULL << (index % 64));
  }
  return Instant::never();
}

}  // namespace tollgate
