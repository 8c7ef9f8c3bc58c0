#pragma once
// The limits of one configuration, compiled so that a call visits only those that may concern it.
//
// Immutable and shared by all threads; a new configuration is a new Policy over the same Counters. Limits are visited
// in the order in which they were given, which is the fixed order of taking.
//
// A limit with a literal value for some attribute is found by a look-up of that value; only limits without one (no
// `match`, or patterns) are tried for every call.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/money.h"
#include "base/settings.h"
#include "base/result.h"
#include "limits/counters.h"
#include "limits/spent.h"
#include "limits/subject.h"
#include "limits/window.h"

namespace tollgate {

enum class Enforce : std::uint8_t {
  refuse,      // what does not fit
  count_only,  // for alerts
};

// A limit as the configuration says it. The limits of a key are the same, with `match` on that key.
// What is done about a call that a limit has no room for.
struct Otherwise {
  Duration wait{0};    // wait so long for room; zero: not at all
  std::string route{}; // then take this route instead; empty: refuse
};

struct LimitSpec {
  std::string name{};
  std::vector<MatchRule> match{};     // all of them
  std::vector<AttributeName> each{};  // one counter for each value; empty: one for all that match
  Measure measure = Measure::usd;
  std::int64_t amount = 0;  // in the measure's unit
  Window window;
  Enforce enforce = Enforce::refuse;
  Otherwise otherwise{};
  bool clamp = false;                // of a call without a maximum: its answer gets one that the limit can pay
  std::vector<Percent> alert_at{};   // shares of it that are told when they are reached
};

struct Limit {
  std::string name;
  std::vector<MatchRule> match;
  std::vector<AttributeName> each;
  Measure measure;
  std::int64_t amount;
  Enforce enforce;
  Series* series;
  Otherwise otherwise{};
  bool clamp = false;
  std::vector<Percent> alert_at{};
  bool by_provider = false;  // it is for some providers, or counts each apart: a call that falls back meets others of these

  bool concerns(const Subject& subject) const;
  // How many things it says of those whom it is for: of several limits the one that says most tells a caller most.
  std::size_t specificity() const { return match.size() + each.size(); }
};

// At most so many limits may concern one call; a call that meets more is refused, never let past some of them.
constexpr std::size_t max_limits_per_call = 16;

struct Matches {
  std::array<const Limit*, max_limits_per_call> limits;
  std::size_t count = 0;
  bool too_many = false;

  const Limit* const* begin() const { return limits.data(); }
  const Limit* const* end() const { return limits.data() + count; }
};

class Policy {
 public:
  // `counters` must outlive the policy. Fails for a measure that is not yet available, a negative amount, a name given
  // twice, a rule without values, or more than max_each values; `param` of the error is the limit's name.
  static Result<Policy> compile(std::vector<LimitSpec> specs, Counters& counters);

  Matches match(const Subject& subject) const;
  const std::vector<Limit>& limits() const { return limits_; }
  const Limit* find(std::string_view name) const;
  Counters& counters() const { return *counters_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Anchors = std::unordered_map<std::string, std::vector<std::uint32_t>, TextHash, std::equal_to<>>;
  static constexpr std::size_t anchored = static_cast<std::size_t>(Attribute::tag);  // attributes that may be looked up

  explicit Policy(Counters& counters) : counters_(&counters) {}
  void index(std::uint32_t limit);

  Counters* counters_;
  std::vector<Limit> limits_;
  std::array<Anchors, anchored> by_value_;
  std::vector<std::uint32_t> always_;
  TextMap<std::uint32_t> by_name_;
};

}  // namespace tollgate
