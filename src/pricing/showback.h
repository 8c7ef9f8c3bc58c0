#pragma once
// Setting `showback:`, and what a tenant is asked for what its calls cost: a mark-up on the cost, then a discount off
// that. The ledger and the limits keep costs; what is asked is worked out in reports (showback and chargeback).

#include <optional>
#include <string_view>

#include "base/describe.h"

namespace tollgate {

constexpr Percent max_markup = percent(10'000);

// What a team's own entry leaves out is as for everybody.
struct TeamShowback {
  std::optional<Percent> markup{};
  std::optional<Percent> discount{};
};
void describe(Fields& fields, TeamShowback& team);

struct ShowbackConfig {
  Percent markup{};
  Percent discount{};
  Named<TeamShowback> teams{};
};
void describe(Fields& fields, ShowbackConfig& showback);

struct ChargeTerms {
  Percent markup{};
  Percent discount{};  // at most 100 %
  friend bool operator==(const ChargeTerms&, const ChargeTerms&) = default;
};

// cost x (100 % + markup) x (100 % - discount), rounded half up once. Costs below zero (corrections) follow the same
// rule: -0.5 becomes 0.
Money charged(Money cost, ChargeTerms terms);

ChargeTerms terms_of(const ShowbackConfig& showback, std::string_view team);

}  // namespace tollgate
