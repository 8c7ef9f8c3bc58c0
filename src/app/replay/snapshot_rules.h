#pragma once
// What a configuration would have made of past calls: the gateway's own choice of targets, its limits and its prices,
// over counters and a memory of targets that are the replay's alone.
//
// Of a call is known what its row and its journal records tell: names, tokens, times, what was set aside; not its text.
// So it is taken to use as many tokens at any model; a target is taken to be well unless the call itself failed there.
//
// A call whose first target is the one that was asked first then goes the way that it went: what fell back falls back
// again, as far as the route still leads there. Any other target answers at once, with the status of then.
//
// What refused a call but could not be otherwise under another configuration (a wrong body, a model that nobody had)
// refuses it again, and an answer that was shared stays as it was: it cost nothing.

#include <expected>

#include "gateway/exchange.h"
#include "reporting/replay.h"
#include "reporting/usual.h"

namespace tollgate {

class SnapshotRules final : public Rules {
 public:
  // `usual`: what is taken of calls that were refused then; it must outlive the rules.
  SnapshotRules(std::shared_ptr<const Snapshot> snapshot, const UsualCalls& usual);

  Verdict ask(const PastCall& call, WallTime now, Duration waited) override;

  // Counts a call of before the replay in the limits, as the program's start does. `now`: when the replay begins.
  void remember(const RequestRow& row, WallTime now) const;
  // How far back limits look from this moment.
  WallTime remembers_from(WallTime now) const;

  // Calls that were refused then and admitted now although nothing tells what they would have used.
  std::int64_t unknown_usage() const { return unknown_usage_; }

 private:
  struct Asked;  // one call, while it is asked
  using Passed = std::expected<void, Verdict>;

  void open(const Asked& asked);
  Passed find_caller(Asked& asked);
  Passed find_route(Asked& asked);
  Passed choose(Asked& asked);
  Passed reserve(Asked& asked);
  Verdict admitted(Asked& asked);
  const Door& door_of(const std::string& endpoint);

  CurrentSnapshot::Held held_;
  const Snapshot& snapshot_;
  const UsualCalls& usual_;
  Exchange x_;             // used again for each call
  TextMap<Door> doors_;    // by endpoint
  std::uint64_t calls_ = 0;
  std::int64_t unknown_usage_ = 0;
};

}  // namespace tollgate
