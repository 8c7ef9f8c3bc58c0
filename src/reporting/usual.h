#pragma once
// What is taken of a call that was refused then, since nobody knows what it would have used: what calls of its key and
// route usually use and how long they last, the mean of those that were answered, each bucket rounded half up. And the
// most that one of them set aside: a call that limits had no room for set aside more than was left, so that the same
// limits refuse it again.
//
// Of a key and route of which none was answered: what is known of the route; of a route likewise: nothing.

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "reporting/replay.h"

namespace tollgate {

struct UsualCall {
  Usage usage{};
  Duration lasts{0};
  Tokens input_bound{};
  std::optional<Money> reserved{};  // with the price of the last one
  std::string reserved_at{};
  std::optional<Tokens> max_output{};
};

class UsualCalls {
 public:
  // Of a call that was answered; others are passed over. Beyond `most` pairs of key and route only routes are kept.
  void learn(const PastCall& call);
  std::optional<UsualCall> of(std::string_view key, std::string_view route) const;

 private:
  static constexpr std::size_t most = 100'000;
  struct Sum {
    std::int64_t calls = 0;
    Usage usage{};
    std::int64_t us = 0;
    Tokens input_bound{};
    std::optional<Money> reserved{};
    std::optional<Tokens> max_output{};
    std::string reserved_at{};
  };
  using ByName = std::map<std::pair<std::string, std::string>, Sum>;  // key and route; an empty key stands for the route
  static void add(Sum& sum, const PastCall& call);

  ByName sums_;
};

}  // namespace tollgate
