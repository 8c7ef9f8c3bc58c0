#pragma once
// Calls that were about to be dispatched and have no final row yet, as the journal tells them; and how a crash settles
// one.
//
// A call that a crash cut off is charged as any other (gateway/settlement.h): the attempt that gave content, else the
// dearest of the lost ones. An attempt that has no row costs its input, and the newest one at least its last progress.
// The rows say `incomplete`, `crash_recovered`, `estimated`.

#include <functional>
#include <unordered_map>
#include <vector>

#include "storage/journal/format.h"

namespace tollgate {

struct OpenCall {
  std::vector<IntentRecord> intents;    // one for each attempt, in their order; never empty
  std::vector<AttemptRecord> attempts;  // those that ended
  ProgressRecord progress;              // of the newest attempt; at_ns 0: none
};

class OpenCalls {
 public:
  // Takes up the next record. Request rows close calls; rows of calls that are not open change nothing.
  void apply(const JournalRecord& record);

  std::size_t size() const { return calls_.size(); }
  void each(const std::function<void(const OpenCall&)>& visit) const;
  // The records that make these calls again, when they are applied to an empty set: type and body only.
  std::vector<JournalRecord> records() const;

 private:
  struct Hash {
    std::size_t operator()(RequestId id) const { return (id.high * 0x9E3779B97F4A7C15) ^ id.low ^ (id.low >> 40); }
  };
  std::unordered_map<RequestId, OpenCall, Hash> calls_;
};

// Made beside a call, at a candidate: no part of what the call did or costs.
bool is_shadow(const AttemptRecord& attempt);

// What a call costs its tenant, by its attempts.
std::int64_t charged(const std::vector<AttemptRecord>& attempts);
bool answered(const AttemptRecord& attempt);

struct Settlement {
  std::vector<AttemptRecord> attempts;  // those that had no row
  RequestRecord request;
};

// `crash_recovered` is that word's id.
Settlement settle(const OpenCall& call, std::uint32_t crash_recovered);

}  // namespace tollgate
