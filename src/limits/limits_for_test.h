#pragma once
// Short ways to say limits in tests.

#include <stdexcept>
#include <string>
#include <vector>

#include "limits/policy.h"
#include "limits/zone_for_test.h"

namespace tollgate {

inline MatchRule only(std::string_view attribute, std::vector<std::string> values) {
  return {*parse_attribute(attribute), std::move(values)};
}

inline std::vector<AttributeName> by(std::vector<std::string_view> names) {
  std::vector<AttributeName> out;
  for (auto name : names) out.push_back(*parse_attribute(name));
  return out;
}

inline LimitSpec budget(std::string name, Money amount, Every every = Every::day) {
  return {.name = std::move(name), .amount = amount.nano_usd, .window = Window::calendar(every, utc())};
}

inline LimitSpec limit_of(Measure measure, std::string name, std::int64_t amount, Every every = Every::minute) {
  return {.name = std::move(name), .measure = measure, .amount = amount, .window = Window::calendar(every, utc())};
}

inline LimitSpec rolling_budget(std::string name, Money amount, Duration length) {
  return {.name = std::move(name), .amount = amount.nano_usd, .window = *Window::rolling(length)};
}

inline Policy policy_of(std::vector<LimitSpec> specs, Counters& counters) {
  auto policy = Policy::compile(std::move(specs), counters);
  if (!policy) throw std::runtime_error(policy.error().detail);
  return std::move(*policy);
}

inline Money cents(std::int64_t n) { return {n * nano_per_usd / 100}; }

}  // namespace tollgate
