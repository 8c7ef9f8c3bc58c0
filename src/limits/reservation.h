#pragma once
// Money, tokens and requests set aside before an answer exists, so that two callers cannot spend the same budget.
//
//   take         the worst case, before the first attempt: all limits that concern the call admit it, or none does
//   dispatched   the request is about to be sent: from here on something may be owed
//   seen         what the meter has counted so far
//   settle       the real cost, when the answer ends, however it ends
//
// Dropped before dispatch it gives everything back; dropped after, it settles what was seen last, and the estimate when
// nothing was. It belongs to the periods in which it was taken, however long the answer lasts.
//
// Lives with its exchange; the counters it draws on are shared by all threads and must outlive it, as must the providers' names; the policy
// need not.
// Taking allocates nothing but at the first sight of a value; settling never allocates, waits or fails.

#include <array>
#include <cstddef>
#include <expected>
#include <string>

#include "base/error.h"
#include "base/money.h"
#include "base/time.h"
#include "limits/policy.h"

namespace tollgate {

// Why a call was not admitted.
struct LimitRefusal {
  enum class Why : std::uint8_t { limit_reached, too_many_counters, too_many_limits };
  Why why = Why::limit_reached;
  std::string limit{};      // which one
  Measure measure = Measure::usd;
  Quantity amount{};        // its limit
  Quantity left{};          // never below zero
  WallTime resets_at{};     // when it has more again
  bool never_fits = false;  // the estimate is more than the whole limit
};

// As the caller reads it: budget_exceeded (money) or rate_limited (the rest) with the time to wait, or overloaded when a bound of ours is
// reached.
Error to_error(const LimitRefusal& refusal, WallTime now);

// Whether a call may still be refused, or has been made.
enum class Admission : std::uint8_t { asked, owed };

class Reservation {
 public:
  static std::expected<Reservation, LimitRefusal> take(const Policy& policy, const Subject& subject, const Spent& estimate,
                                                  WallTime now, Admission admission = Admission::asked);

  // Nothing reserved, for callers under no limit.
  Reservation() = default;
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation() { end(); }

  // Reserves more from the same counters, for a dearer target; false, and nothing changed, when one of them has not
  // enough. `policy` is the one of now: its limits hold.
  bool raise_to(const Policy& policy, const Spent& estimate);

  // Sets the estimate aside in the limits that concern the call at another provider, too; what it has it keeps. Refused: nothing changed.
  std::expected<void, LimitRefusal> join(const Policy& policy, const Subject& subject, WallTime now);

  void dispatched() { state_ = State::dispatched; }
  void seen(const Spent& so_far) { fallback_ = so_far; }

  // Charges what was really used and gives the rest back; limits of other providers than the one that answered get all of it back.
  // REQUIRES: called at most once.
  void settle(const Spent& used, std::string_view answered_by = {});

  Money estimate() const { return estimate_.cost; }
  const Spent& whole_estimate() const { return estimate_; }
  Money fallback() const { return fallback_.cost; }  // what a drop would charge from dispatch on
  std::size_t count() const { return count_; }

 private:
  enum class State : std::uint8_t { held, dispatched, ended };
  struct Hold {
    Pin entry;
    LimitCounter::Bucket bucket = 0;
    Measure measure = Measure::usd;
    std::string_view provider{};  // for whom it was taken, where the limit tells providers apart
  };

  bool holds(const Limit& limit, const Subject& subject) const;
  bool hold(Counters& counters, const Limit& limit, const Subject& subject, WallTime now);
  void end();

  std::array<Hold, max_limits_per_call> holds_;
  std::size_t count_ = 0;
  Spent estimate_;
  Spent fallback_;
  State state_ = State::held;
};

}  // namespace tollgate
