#pragma once
// What a model's provider reported beside what was estimated, and so how much the next estimate is to be corrected. One for each model (and
// provider: hosts put words of their own before a prompt); its owner bounds how many there are. All threads use one at once, without a lock.
//
// Kept are the last reports, those of prompts with tools apart, for hosts have words of their own for these. The correction is the median of what
// each of them would have it, and of none at all: most estimates are right to the token or nearly so, and a few reports are of prompts that
// nobody could have estimated. A first report that is far off is believed at once, and one that is a few tokens off not before the next agrees.

#include <array>
#include <atomic>
#include <cstdint>

namespace tollgate {

// What was estimated of a prompt, to be compared with what will be reported.
struct Estimated {
  std::int64_t tokens = 0;  // below 1: none
  std::int64_t unsure = 0;  // of them, those that were guessed from bytes and pictures: where they are many, a report teaches nothing
  bool tools = false;
};

class Calibration {
 public:
  // Left out are counts below 1 or above 2^31, which say nothing.
  void saw(const Estimated& estimated, std::int64_t reported);

  // At least 1.
  std::int64_t corrected(const Estimated& estimated) const;

 private:
  static constexpr std::uint32_t size = 31;
  struct Reports {
    std::array<std::atomic<std::uint64_t>, size> last{};  // estimated tokens in the upper half, reported ones in the lower; 0: none yet
    std::atomic<std::uint32_t> next{0};
  };

  static std::int64_t correction(const Reports& reports, std::int64_t tokens);
  static bool is_empty(const Reports& reports) { return reports.last[0].load(std::memory_order_relaxed) == 0; }

  Reports texts_, tools_;
};

}  // namespace tollgate
