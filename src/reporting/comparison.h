#pragma once
// Two sides of the same calls, added up: as it was, and as it would have been.
//
// Each side of a call counts in the group of its own names: a call that moved from one model to another is in the first
// one's `was` and in the second one's `would`. Bounded: beyond `most` groups (likewise kinds of refusals, and moves) what
// is new counts under "(others)".

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "reporting/outcome.h"

namespace tollgate {

struct SideSum {
  std::int64_t requests = 0, ok = 0, refused = 0, other = 0;  // other: failed, incomplete, aborted
  Money cost{};
  friend bool operator==(const SideSum&, const SideSum&) = default;
};

struct BothSums {
  SideSum was{}, would{};
};

struct Move {
  std::int64_t requests = 0;
  Money was{}, would{};  // cost
};

class Comparison {
 public:
  static constexpr std::size_t most = 100'000;

  // By key, team, user, feature, route, provider, model, endpoint. Error: invalid_request, for another name.
  static Result<Comparison> by(std::vector<std::string> names);

  void add(const RequestRow& row, const Outcome& was, const Outcome& would);

  using Names = std::vector<std::string>;
  struct Refusals {
    std::int64_t was = 0, would = 0;
  };
  const Names& names() const { return by_; }
  const BothSums& total() const { return total_; }
  const std::map<Names, BothSums>& groups() const { return groups_; }  // empty where no names were given
  // By code and limit; of the past no limit is known.
  const std::map<std::pair<std::string, std::string>, Refusals>& refusals() const { return refusals_; }
  // From one target to another, of calls that were asked on both sides.
  const std::map<std::pair<std::string, std::string>, Move>& moves() const { return moves_; }

 private:
  explicit Comparison(std::vector<std::string> names) : by_(std::move(names)) {}
  BothSums& group_of(const RequestRow& row, const Outcome& side);

  Names by_;
  BothSums total_;
  std::map<Names, BothSums> groups_;
  std::map<std::pair<std::string, std::string>, Refusals> refusals_;
  std::map<std::pair<std::string, std::string>, Move> moves_;
};

}  // namespace tollgate
