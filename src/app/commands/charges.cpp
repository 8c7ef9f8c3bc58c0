#include "app/commands/charges.h"

#include <fmt/format.h>

#include <algorithm>

namespace tollgate {
namespace {

std::unexpected<Error> wrong(std::string_view option, std::string_view what) {
  return fail(Fault::invalid_request, fmt::format("--{} {}", option, what), std::string(option));
}

Result<Percent> share_of(const CommandLine& line, std::string_view option, Percent most) {
  auto text = line.value(option);
  if (!text) return Percent{};
  auto share = parse_percent(*text);
  if (!share) return wrong(option, "must be a share such as 15% or 2.5%");
  if (*share > most) return wrong(option, "is more than " + format_percent(most));
  return *share;
}

}  // namespace

Result<std::optional<ShowbackConfig>> showback_of(const CommandLine& line, const ShowbackConfig* configured) {
  bool named = line.has("markup") || line.has("discount");
  if (line.has("charged") && named) return wrong("charged", "goes by the settings: leave out --markup and --discount");
  if (line.has("charged") && configured == nullptr) return wrong("charged", "goes by the settings: name them with --config");
  if (line.has("charged")) return std::optional(*configured);
  if (!named) return std::optional<ShowbackConfig>();
  ShowbackConfig showback;
  TG_TRY(markup, share_of(line, "markup", max_markup));
  TG_TRY(discount, share_of(line, "discount", percent(100)));
  showback.markup = markup;
  showback.discount = discount;
  return std::optional(std::move(showback));
}

Result<void> charge_for(Sums& sums, const SumQuery& query, const ShowbackConfig& showback) {
  auto team = std::ranges::find(query.by, "team");
  if (team == query.by.end() && showback.teams.size() > 0)
    return wrong("by", "must have `team`: teams have terms of their own");
  sums.charged = true;
  sums.total.charged = {};
  for (SumRow& row : sums.rows) {
    std::string_view name = team == query.by.end() ? std::string_view() : row.by[static_cast<std::size_t>(team - query.by.begin())];
    row.sum.charged = charged(row.sum.cost, terms_of(showback, name));
    sums.total.charged += row.sum.charged;
  }
  return {};
}

}  // namespace tollgate
