#pragma once
// By how many tokens a provider's reports were above what was set aside, at the most: the next bound has them too. So a host that puts a prompt
// of its own before ours is found out by the first call. One for each target; all threads use it at once.

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace tollgate {

class Overrun {
 public:
  static constexpr std::int64_t tokens_max = 16'384;  // more is no prompt of a host

  // A bound that had `within` of it, and a report that was so many tokens above that bound.
  void saw(std::int64_t within, std::int64_t above) {
    std::int64_t now = std::min(within + above, tokens_max), before = most();
    while (now > before && !most_.compare_exchange_weak(before, now, std::memory_order_relaxed)) {}
  }
  std::int64_t most() const { return most_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> most_{0};
};

}  // namespace tollgate
