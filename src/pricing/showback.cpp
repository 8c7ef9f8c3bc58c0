#include "pricing/showback.h"

#include <algorithm>

namespace tollgate {

void describe(Fields& fields, TeamShowback& team) {
  fields.add("markup", team.markup, "Mark-up on this team's costs.")
      .range(percent(0), max_markup)
      .otherwise("as for everybody")
      .example("10%");
  fields.add("discount", team.discount, "Discount off its marked-up costs.")
      .range(percent(0), percent(100))
      .otherwise("as for everybody")
      .example("5%");
}

void describe(Fields& fields, ShowbackConfig& showback) {
  fields.add("markup", showback.markup, "Mark-up on costs.").range(percent(0), max_markup).known_as({"margin", "mark_up"});
  fields.add("discount", showback.discount, "Discount off marked-up costs.").range(percent(0), percent(100));
  fields.add("teams", showback.teams, "Teams with terms of their own.").names(NameRule::visible).entry("search");
}

Money charged(Money cost, ChargeTerms terms) {
  using Wide = __int128;  // 2^63 x 10^8 x 10^4 fits
  constexpr std::int64_t whole = percent(100).basis_points;
  constexpr Wide unit = Wide{whole} * whole;
  Wide exact = Wide{cost.nano_usd} * (whole + terms.markup.basis_points) * (whole - terms.discount.basis_points);
  Wide doubled = 2 * exact + unit;  // half a unit more, then down
  Wide rounded = doubled / (2 * unit) - (doubled % (2 * unit) < 0 ? 1 : 0);
  return {static_cast<std::int64_t>(std::clamp<Wide>(rounded, INT64_MIN, INT64_MAX))};
}

ChargeTerms terms_of(const ShowbackConfig& showback, std::string_view team) {
  ChargeTerms terms{showback.markup, showback.discount};
  if (const TeamShowback* own = showback.teams.find(team)) {
    terms.markup = own->markup.value_or(terms.markup);
    terms.discount = own->discount.value_or(terms.discount);
  }
  return terms;
}

}  // namespace tollgate
