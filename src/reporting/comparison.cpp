#include "reporting/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tollgate {
namespace {

struct Grouping {
  std::string_view name;
  const std::string& (*of)(const RequestRow& row, const Outcome& side);
};
constexpr Grouping groupings[] = {
    {"key", [](const RequestRow& row, const Outcome&) -> const std::string& { return row.key; }},
    {"team", [](const RequestRow&, const Outcome& side) -> const std::string& { return side.who.team; }},
    {"user", [](const RequestRow&, const Outcome& side) -> const std::string& { return side.who.user; }},
    {"feature", [](const RequestRow&, const Outcome& side) -> const std::string& { return side.who.feature; }},
    {"route", [](const RequestRow&, const Outcome& side) -> const std::string& { return side.route; }},
    {"provider", [](const RequestRow&, const Outcome& side) -> const std::string& { return side.provider; }},
    {"model", [](const RequestRow&, const Outcome& side) -> const std::string& { return side.model; }},
    {"endpoint", [](const RequestRow& row, const Outcome&) -> const std::string& { return row.endpoint; }},
};

const Grouping* grouping_of(std::string_view name) {
  auto found = std::ranges::find(groupings, name, &Grouping::name);
  return found == std::end(groupings) ? nullptr : found;
}

void add_side(SideSum& sum, const Outcome& side) {
  ++sum.requests;
  if (side.status == RowStatus::ok)
    ++sum.ok;
  else if (side.status == RowStatus::refused)
    ++sum.refused;
  else
    ++sum.other;
  sum.cost += side.cost;
}

// The place of this name, or that of the others where there are too many.
template <class Map>
auto& place_in(Map& map, typename Map::key_type name, typename Map::key_type others) {
  bool fits = map.size() < Comparison::most || map.contains(name);
  return map[fits ? std::move(name) : std::move(others)];
}

constexpr std::string_view others = "(others)";

}  // namespace

Result<Comparison> Comparison::by(std::vector<std::string> names) {
  for (const std::string& name : names)
    if (grouping_of(name) == nullptr)
      return fail(Fault::invalid_request,
                  fmt::format("--by takes key team user feature route provider model endpoint, not `{}`", name), "by");
  return Comparison(std::move(names));
}

BothSums& Comparison::group_of(const RequestRow& row, const Outcome& side) {
  Names values;
  for (const std::string& name : by_) values.push_back(grouping_of(name)->of(row, side));
  return place_in(groups_, std::move(values), Names(by_.size(), std::string(others)));
}

void Comparison::add(const RequestRow& row, const Outcome& was, const Outcome& would) {
  add_side(total_.was, was);
  add_side(total_.would, would);
  if (!by_.empty()) {
    add_side(group_of(row, was).was, was);
    add_side(group_of(row, would).would, would);
  }
  auto refusals_like = [this](const Outcome& side) -> Refusals& {
    return place_in(refusals_, {side.error_code, side.limit}, {std::string(others), {}});
  };
  if (was.status == RowStatus::refused) ++refusals_like(was).was;
  if (would.status == RowStatus::refused) ++refusals_like(would).would;
  std::string from = was.target(), to = would.target();
  if (from.empty() || to.empty() || from == to) return;
  Move& move = place_in(moves_, {std::move(from), std::move(to)}, {std::string(others), std::string(others)});
  ++move.requests;
  move.was += was.cost;
  move.would += would.cost;
}

}  // namespace tollgate
