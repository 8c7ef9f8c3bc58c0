#pragma once
// A histogram of nanoseconds: exact below 128 ns, then 64 steps for each doubling (at most 1.6 % off), no allocation
// after construction. Good for anything from 1 ns to 18 s; longer counts as 18 s.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace tollgate::bench {

class Latency {
 public:
  void add(std::int64_t nanoseconds) {
    auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
    cells_[std::min(cell_of(value), cells_.size() - 1)] += 1;
    count_ += 1;
    max_ = std::max(max_, value);
  }

  std::uint64_t count() const { return count_; }

  // The value that a share of all values does not exceed, in microseconds; 0 when nothing was added.
  double quantile_us(double share) const {
    auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t cell = 0; cell < cells_.size() && count_ > 0; ++cell) {
      seen += cells_[cell];
      if (seen > wanted || seen == count_) return static_cast<double>(std::min(top_of(cell), max_)) / 1000.0;
    }
    return 0;
  }

  double max_us() const { return static_cast<double>(max_) / 1000.0; }

 private:
  static constexpr unsigned kStepBits = 6;  // 64 steps a doubling
  static constexpr unsigned kDoublings = 28;

  static std::size_t cell_of(std::uint64_t value) {
    if (value < (2U << kStepBits)) return value;
    unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kStepBits - 1;
    return (static_cast<std::size_t>(shift) << kStepBits) + (value >> shift);
  }

  static std::uint64_t top_of(std::size_t cell) {
    if (cell < (2U << kStepBits)) return cell;
    std::uint64_t shift = (cell >> kStepBits) - 1;
    std::uint64_t step = cell - (shift << kStepBits);
    return ((step + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> cells_ = std::vector<std::uint64_t>((kDoublings + 2) << kStepBits);
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace tollgate::bench
