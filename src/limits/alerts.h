#pragma once
// Limits whose marks (`alert_at`) were reached: each counter tells each mark once in its window.

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/settings.h"
#include "limits/state.h"

namespace tollgate {

struct LimitAlert {
  LimitState state;
  Percent mark;
};

// For one thread, beside the calls.
class LimitAlerts {
 public:
  static constexpr std::size_t told_max = 100'000;  // counters that are above a mark; beyond them nothing is told

  // The marks that were reached since the last look; of several at once the highest. Walks over all counters where a limit has marks.
  std::vector<LimitAlert> look(const Policy& policy, WallTime now);

 private:
  struct Told {
    Percent mark;
    std::uint64_t seen = 0;  // the look that last found it above a mark
  };

  std::unordered_map<std::string, Told> told_;  // by series, period and value
  std::uint64_t looks_ = 0;
};

}  // namespace tollgate
