#pragma once
// How many calls a target takes at once, found out from how its answers slow down: while they take as long as they do when few are under
// way the bound grows, when they take longer it shrinks by as much, and a refusal for overload cuts it by a tenth. What they take when few
// are under way is looked at anew from time to time, by halving the bound for one answer in fifty. Sources: Netflix concurrency-limits, "Gradient2"; BBR's
// ProbeRTT for the look.
//
// Shared by all threads; advice, so a lost update does no harm.

#include <atomic>
#include <cstdint>

#include "base/time.h"

namespace tollgate {

class AdaptiveBound {
 public:
  static constexpr int least = 4;
  static constexpr int first = 20;

  // `most`: 0 for none of the operator's.
  int bound(int most) const;
  // An answer began after `took`, while so many were under way.
  void answered(Duration took, int in_flight);
  void overloaded();

 private:
  void change(double bound);
  struct Round;  // some answers, at the end of which is a look
  Round round() const;
  bool look_around(std::int64_t us);
  std::atomic<std::int64_t> bound_milli_ = first * 1000;
  std::atomic<std::int64_t> usual_us_ = 0;      // a mean of answers when few calls are under way; 0: nothing known
  std::atomic<std::int64_t> of_late_us_ = 0;    // a mean that follows
  std::atomic<std::int64_t> look_us_ = 0, looked_ = 0;  // sum and number of the answers of the look that is going on
  std::atomic<std::int64_t> answers_ = 0;       // of the round
};

}  // namespace tollgate
