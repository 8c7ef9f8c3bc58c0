#pragma once
// What limits have given away, for `GET /v1/usage`, `GET /api/v1/limits/state` and explain; and how counters come back
// after a start: from a checkpoint of them, then from the rows that were written since.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/money.h"
#include "base/time.h"
#include "limits/policy.h"

namespace tollgate {

struct LimitState {
  std::string limit;
  Measure measure = Measure::usd;
  std::string tenant{};                                     // the team, when `each` has names that teams choose
  std::vector<std::pair<std::string, std::string>> each{};  // attribute and value
  Quantity amount;
  Quantity used;
  Quantity reserved;
  Quantity left;       // never below zero
  WallTime resets_at;  // rolling: when the oldest of it is forgotten

  // As JSON: a text, or null of calls at once, which have no window.
  std::string resets_json() const { return measure == Measure::concurrent ? "null" : "\"" + rfc3339(resets_at) + "\""; }
  bool admits(const Spent& estimate) const { return estimate.of(measure) <= left.units; }
};

// What one counter of a limit says in this period.
LimitState state_of(const Limit& limit, std::string_view key, Entry& entry, const Period& period);

// The limits that a call of this subject would meet, in the order of taking. Makes no counter.
std::vector<LimitState> states_for(const Policy& policy, const Subject& subject, WallTime now);

// Of the limits in requests and of those in tokens that a call of this subject would meet, the one that leaves the least. No memory.
struct Remaining {
  const Limit* limit = nullptr;  // null: there is none
  Quantity left{};
  WallTime resets_at{};
};
struct RemainingCalls {
  Remaining requests{}, tokens{};
};
RemainingCalls remaining_for(const Policy& policy, const Subject& subject, WallTime now);

// Every counter of the policy's limits that has something in it now, by limit and value; at most `max`.
std::vector<LimitState> all_states(const Policy& policy, WallTime now, std::size_t max);

// What one counter had used; of a rolling window one of these for each bucket. What was only reserved is not in it:
// open reservations come back from the journal's intents.
struct CounterRecord {
  std::string series;  // Series::identity()
  std::string key;     // Entry::key, as bytes
  WallTime begin;      // of the period or bucket
  Quantity used;
};

void visit_used(const Counters& counters, WallTime now, const std::function<void(const CounterRecord&)>& look);

enum class Restored : std::uint8_t {
  yes,
  ended,    // its window is over; nothing to do
  unknown,  // no limit of this name counts this way any more: rows since the window began must be charged instead
  full,     // at the most live counters
};
Restored restore(Counters& counters, const CounterRecord& record, WallTime now);

// Counts one row of the ledger, admitted at `at`, in every limit that concerns it now. False at the most live counters.
bool charge(const Policy& policy, const Subject& subject, WallTime at, const Spent& spent, WallTime now);

}  // namespace tollgate
