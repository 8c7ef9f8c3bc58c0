#pragma once
// What limits need to know of the past, compactly: for each minute and each combination of who asked for what, how many
// calls, tokens and money. Limits restore any counter from these, also one that was configured yesterday.
//
// A fact's time is the start of its bucket: one minute wide for the last 26 hours, a quarter of an hour before (all
// time zones' days start at a quarter), an hour when there are too many facts; older than 62 days they are dropped.
// Refused calls count nothing. A call counts in the minute in which it was admitted.

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "base/time.h"
#include "storage/journal/format.h"

namespace tollgate {

constexpr auto facts_by_minute = std::chrono::hours(26);
constexpr auto facts_kept = std::chrono::hours(62 * 24);
constexpr std::size_t facts_before_hours = 2'000'000;

// Ids of the dictionary.
struct FactKey {
  std::int64_t minute = 0;  // since 1970
  std::uint64_t user = 0;
  std::uint32_t key = 0, team = 0, feature = 0, tags = 0, route = 0, provider = 0, model = 0, unused = 0;
  friend bool operator==(const FactKey&, const FactKey&) = default;
};

struct FactSums {
  std::int64_t requests = 0;
  std::int64_t input_tokens = 0;   // all input
  std::int64_t output_tokens = 0;  // all output
  std::int64_t cost_nano_usd = 0;
};

class Facts {
 public:
  void add(const RequestRecord& record);
  void add(const FactKey& key, const FactSums& sums);
  // Makes old buckets wider and drops the oldest.
  void compact(WallTime now);

  std::size_t size() const { return sums_.size(); }
  void each(const std::function<void(const FactKey&, const FactSums&)>& visit) const;

 private:
  struct Hash {
    std::size_t operator()(const FactKey& key) const;
  };
  std::unordered_map<FactKey, FactSums, Hash> sums_;
};

}  // namespace tollgate
