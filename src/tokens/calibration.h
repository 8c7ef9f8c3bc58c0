#pragma once
// What a model's provider reported beside what was estimated, and so how much the next estimate is to be corrected. One for each model (and
// provider: hosts put words of their own before a prompt); its owner bounds how many there are. All threads use one at once, without a lock.
//
// Kept is the logarithm of reported / estimated: its median and its 99th of a hundred, each as a number that every report moves a little up
// or down (stochastic approximation of a quantile: Robbins, Monro 1951), the first reports more than later ones. A lost race costs one
// report's weight. Until `trusted` reports have come, the estimator's own bound holds too.

#include <atomic>
#include <cstdint>

#include "tokens/estimator.h"

namespace tollgate {

class Calibration {
 public:
  static constexpr std::uint32_t trusted = 30;

  // Counts below 1 say nothing and are left out.
  void saw(std::int64_t estimated, std::int64_t reported);

  // Of the estimator's estimate. upper >= median >= 1.
  TokenEstimate corrected(const TokenEstimate& estimated) const;

  std::uint32_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint32_t> count_{0};
  std::atomic<float> median_{0}, upper_{0};  // natural logarithms
};

}  // namespace tollgate
