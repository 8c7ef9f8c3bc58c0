#pragma once
// How many strangers are told in the audit log one by one: a few at once, then some each minute. The rest is counted and
// stands in the next line, so that who has no key cannot fill the disk.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/time.h"

namespace tollgate {

constexpr std::int64_t strangers_at_once = 20;
constexpr Duration stranger_each = seconds(10);

class StrangerBound {
 public:
  // Empty: this one is only counted. Else the number of those that were, since the last one that is told.
  std::optional<std::uint64_t> take(Instant now) {
    const Duration most = strangers_at_once * stranger_each;
    room_ = std::min(most, room_ + (now - counted_at_));
    counted_at_ = now;
    if (room_ < stranger_each) {
      ++untold_;
      return std::nullopt;
    }
    room_ -= stranger_each;
    return std::exchange(untold_, 0);
  }

 private:
  Duration room_ = strangers_at_once * stranger_each;
  Instant counted_at_{};
  std::uint64_t untold_ = 0;
};

}  // namespace tollgate
