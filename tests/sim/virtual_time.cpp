#include "sim/virtual_time.h"

#include <algorithm>

namespace tollgate::sim {

void VirtualTime::after(Duration delay, Event event) {
  heap_.push_back({now_ + std::max(delay, Duration(0)), ++sequence_, std::move(event)});
  std::push_heap(heap_.begin(), heap_.end());
}

void VirtualTime::wait(Instant until) {
  if (look_) look_();
  if (!heap_.empty()) until = std::min(until, heap_.front().at);
  stuck_ = until == Instant::never();
  if (stuck_) return;
  now_ = std::max(now_, until);
  std::uint64_t asked_before = sequence_;
  while (!heap_.empty() && heap_.front().at <= now_ && heap_.front().sequence <= asked_before) {
    std::pop_heap(heap_.begin(), heap_.end());
    Event event = std::move(heap_.back().event);
    heap_.pop_back();
    event();
  }
}

}  // namespace tollgate::sim
