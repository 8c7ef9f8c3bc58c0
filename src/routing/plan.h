#pragma once
// The ordered attempts that a route stands for, and what may be tried after one of them failed.
//
// Order (docs/routing.md): another key of the same target, at once, when the key was at fault; then the route's other targets;
// then its fallback routes, in order; the same target and key again, after a back-off, only when nothing else is left.

#include <array>
#include <cstdint>
#include <optional>

#include "base/error.h"
#include "domain/record.h"
#include "routing/choice.h"

namespace tollgate {

struct Candidate {
  const Target* target = nullptr;
  const Route* route = nullptr;  // where it stands: the one asked for, or a fallback
  Standing standing{};
};

constexpr std::size_t plan_max = 32;

struct Plan {
  std::array<Candidate, plan_max> candidates;
  std::size_t count = 0;    // of those that may be asked
  std::size_t skipped = 0;  // behind them, those that may not be asked now
};

// Targets in order, each once: those of the route by its strategy, then those of its fallbacks, depth first. At most plan_max.
Plan make_plan(const Route& route, const Circumstances& circumstances = {});

// What to tell a caller whose plan has no target that may be asked: 503, 429, 502 or 400, with the shortest wait.
Error nobody_to_ask(const Plan& plan);

// Which fallback cause an error is; empty when it is none that may fall back.
std::optional<FallbackCause> cause_of(const Error& error);

// The attempts of one request: where it is, and where it goes after a failure.
class AttemptCursor {
 public:
  // The plan must outlive the cursor.
  AttemptCursor(const Plan& plan, const RetryConfig& retry) : plan_(plan), retry_(retry) {}

  const Target& target() const { return *plan_.candidates[at_].target; }
  // Null when the provider asks for no key.
  const ProviderKey* key() const;

  struct Next {
    bool go = false;
    Duration after{0};  // back-off before it
    bool repeats = false;  // at a target and key that were asked already: the route's retry budget must allow it
  };
  // Moves on after a failure, or says that this was the last. `random` in [0, 2^64) is for jitter; `left` is the time that the
  // request still has.
  Next after(const Error& error, AttemptPhase phase, std::uint64_t random, Duration left, Instant now = {});
  // The next target of the same route, for a try beside the one at hand; null: there is none.
  const Candidate* beside() const;
  // Goes past a target that may not be asked after all; false: it was the last.
  bool pass_over();

  int further_attempts() const { return further_; }  // those that count against `retry.attempts`

 private:
  bool next_key(Instant now);
  bool next_target(const Error& error);
  Duration backoff(const Error& error, std::uint64_t random, Instant now) const;

  const Plan& plan_;
  const RetryConfig& retry_;
  std::size_t at_ = 0;
  std::size_t key_ = 0;
  int further_ = 0;
  int same_again_ = 0;
  int ambiguous_ = 0;
};

}  // namespace tollgate
