#include "tokens/calibration.h"

#include <algorithm>
#include <cmath>

namespace tollgate {
namespace {

constexpr float ratio_max = 3.4f;     // a logarithm: thirty times; more is no error of an estimate but another prompt
constexpr float upper_share = 0.99f;  // of the reports that the upper bound shall hold for
constexpr float step_first = 0.7f, step_last = 0.01f;
constexpr float upper_spare = 0.05f;  // over what was seen: a logarithm

float step_of(std::uint32_t count) { return std::max(step_last, step_first / static_cast<float>(count + 1)); }

std::int64_t times(std::int64_t tokens, float logarithm) {
  constexpr double most = 1e15;
  return static_cast<std::int64_t>(std::ceil(std::clamp(static_cast<double>(tokens) * std::exp(static_cast<double>(logarithm)), 1.0, most)));
}

}  // namespace

void Calibration::saw(std::int64_t estimated, std::int64_t reported) {
  if (estimated < 1 || reported < 1) return;
  float seen = std::clamp(std::log(static_cast<float>(reported) / static_cast<float>(estimated)), -ratio_max, ratio_max);
  std::uint32_t before = count_.fetch_add(1, std::memory_order_relaxed);
  if (before >= 1u << 31) count_.store(1u << 30, std::memory_order_relaxed);  // never around
  float median = median_.load(std::memory_order_relaxed), upper = upper_.load(std::memory_order_relaxed), step = step_of(before);
  // The first tells where to begin. Afterwards a step that is no larger than the distance.
  if (before == 0) median = seen, upper = std::max(seen, 0.0f);
  else median += std::clamp(seen - median, -step, step);
  // A report above the bound lifts it at once, by half the way; each below lowers it by a little, so that both balance at the share.
  if (seen > upper) upper += std::max(step * upper_share, (seen - upper) / 2);
  else upper -= std::min(step * (1 - upper_share), upper - seen);
  median_.store(median, std::memory_order_relaxed);
  upper_.store(upper, std::memory_order_relaxed);
}

TokenEstimate Calibration::corrected(const TokenEstimate& estimated) const {
  std::uint32_t seen = count();
  if (seen == 0) return estimated;
  float upper = upper_.load(std::memory_order_relaxed) + upper_spare;
  TokenEstimate result{times(estimated.median, median_.load(std::memory_order_relaxed)), times(estimated.median, upper)};
  if (seen < trusted) result.upper = std::max(result.upper, estimated.upper);
  result.upper = std::max(result.upper, result.median);
  return result;
}

}  // namespace tollgate
