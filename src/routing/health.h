#pragma once
// What is known of targets, their keys and routes from the calls of this process: shared by all threads, kept over reloads of the
// configuration. All of it is advice; nothing here counts money.

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/money.h"
#include "routing/adaptive_bound.h"
#include "routing/breaker.h"

namespace tollgate {

// A mean that follows: each new value counts a quarter; the first after a long pause counts alone.
class MovingMean {
 public:
  void add(std::int64_t value, Instant now);
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }  // 0: nothing known

 private:
  std::atomic<std::int64_t> value_ = 0, at_ns_ = 0;
};

// How a number spreads over calls: shares of what was seen of late, in steps of a sixth, from 64 on.
class Spread {
 public:
  void add(std::int64_t value);
  // A number that is larger than this share of those seen; nothing until enough were seen.
  std::optional<std::int64_t> at(Percent share) const;

 private:
  static constexpr std::size_t steps = 128;       // four to each doubling
  static constexpr std::uint32_t halved_at = 1024;  // so that older ones fade
  static constexpr std::uint32_t enough = 20;
  std::array<std::atomic<std::uint32_t>, steps> counts_{};
  std::atomic<std::uint32_t> total_ = 0;
};

// What a candidate may cost on one day.
class DayBudget {
 public:
  // Sets aside what it may cost at most; false: the day's budget has no room for it.
  bool take(WallTime now, Money worst, Money budget);
  void settle(WallTime taken, Money worst, Money cost);

 private:
  std::mutex mutex_;  // shadows only: never on a caller's path
  std::int64_t day_ = 0;
  Money spent_{};
};

struct TargetHealth {
  Breaker breaker;
  AdaptiveBound bound;
  DayBudget shadow_budget;
  std::atomic<int> in_flight = 0;
  MovingMean first_token_us, total_us;
  std::array<Spread, 2> first_token_us_spread;  // of whole answers, of streams
  MovingMean output_tokens;      // of whole answers
  Spread output_tokens_spread;   // the same
  std::atomic<bool> thinks = false;  // it has billed reasoning, which need not be seen in its streams
};

// One call under way at a target, for as long as this lives.
class Flight {
 public:
  Flight() = default;
  explicit Flight(TargetHealth* at) : at_(at) {
    if (at_ != nullptr) at_->in_flight.fetch_add(1, std::memory_order_relaxed);
  }
  Flight(Flight&& other) noexcept : at_(std::exchange(other.at_, nullptr)) {}
  Flight& operator=(Flight&& other) noexcept {
    std::swap(at_, other.at_);
    return *this;
  }
  ~Flight() {
    if (at_ != nullptr) at_->in_flight.fetch_sub(1, std::memory_order_relaxed);
  }

 private:
  TargetHealth* at_ = nullptr;
};

// A credential that must be left alone for a while.
class KeyHealth {
 public:
  // 429: for as long as the provider said; when it said nothing, for a quarter of a second that doubles each time in a row.
  void rate_limited(Instant now, std::optional<milliseconds> said);
  enum class Why : std::uint8_t { refused, no_money };
  // 401, 402, 403 or a spent quota.
  void bench(Instant now, Duration length, Why why);
  void succeeded();

  bool usable(Instant now) const { return cooling_for(now) == Duration(0) && benched_for(now) == Duration(0); }
  Duration cooling_for(Instant now) const { return left(cooling_until_ns_, now); }
  Duration benched_for(Instant now) const { return left(benched_until_ns_, now); }
  Why why_benched() const { return why_.load(std::memory_order_relaxed); }

 private:
  static Duration left(const std::atomic<std::int64_t>& until, Instant now);

  std::atomic<std::int64_t> cooling_until_ns_ = INT64_MIN, benched_until_ns_ = INT64_MIN;
  std::atomic<int> in_a_row_ = 0;
  std::atomic<Why> why_ = Why::refused;
};

// Tries that a route makes beside the first ones of its calls may be no more than a share of the calls of the last ten seconds, and
// `least` at least.
class ShareBudget {
 public:
  explicit ShareBudget(std::int64_t least) : least_(least) {}
  void called(Instant now) { count(now, false); }
  // Counts the retry when there is room for it.
  bool take(Instant now, Percent share);

 private:
  static constexpr int slots = 10;
  void count(Instant now, bool retry);
  std::int64_t least_;
  std::array<std::atomic<std::uint64_t>, slots> counts_{};  // second, retries, calls
};

struct RouteHealth {
  ShareBudget retries{3};  // at a target that the call has asked already
  ShareBudget hedges{1};
  std::atomic<std::uint32_t> turn = 0;  // of `strategy: weighted`
  std::atomic<int> waiting = 0;         // calls that wait for room
};

// Where they live. An entry is never taken away: there are as many as configurations of this process have named.
class HealthBook {
 public:
  TargetHealth* target(std::string_view provider, std::string_view model);
  // Of one key for one model: providers count tokens for each model.
  KeyHealth* key(std::string_view provider, std::string_view model, std::string_view key);
  // Of the credential itself. `mark` changes with the secret: a new one begins anew.
  KeyHealth* credential(std::string_view provider, std::string_view key, std::uint64_t mark);
  RouteHealth* route(std::string_view name);

 private:
  template <class T>
  T* at(std::map<std::string, T>& all, std::initializer_list<std::string_view> parts);

  std::mutex mutex_;
  std::map<std::string, TargetHealth> targets_;
  std::map<std::string, KeyHealth> keys_, credentials_;
  std::map<std::string, RouteHealth> routes_;
};

}  // namespace tollgate
