#include "reporting/reconcile.h"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace tollgate {
namespace {

constexpr std::int64_t whole = 10'000;  // basis points

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string_view model_without_snapshot(std::string_view name) {
  constexpr std::size_t dashed = 11, plain = 9;  // -2024-08-06, -20250514 or @20250514
  if (name.size() > dashed) {
    std::string_view end = name.substr(name.size() - dashed);
    if (end[0] == '-' && end[5] == '-' && end[8] == '-' && all_digits(end.substr(1, 4)) && all_digits(end.substr(6, 2)) &&
        all_digits(end.substr(9)))
      return name.substr(0, name.size() - dashed);
  }
  if (name.size() > plain) {
    std::string_view end = name.substr(name.size() - plain);
    if ((end[0] == '-' || end[0] == '@') && end.substr(1, 2) == "20" && all_digits(end.substr(1)))
      return name.substr(0, name.size() - plain);
  }
  return {};
}

Reconciler::Reconciler(const ProviderExport& theirs, ReconcileOptions options)
    : theirs_(theirs), options_(std::move(options)) {}

void Reconciler::add_ours(std::int64_t day, std::string_view key, std::string_view model, const UsageSums& sums) {
  if (!covers(day)) return;
  Sides& side = ours_[{day, theirs_.has_keys ? std::string(key) : "", theirs_.has_models ? std::string(model) : ""}];
  side.ours += sums;
  ++side.attempts;
}

// Both sides by place. A model that only the provider names by its snapshot stands where we have the plain name.
std::map<DriftPlace, Reconciler::Sides> Reconciler::sides() const {
  std::map<DriftPlace, Sides> all = ours_;
  std::set<std::string, std::less<>> our_models;
  for (const auto& [place, sides] : ours_) our_models.insert(place.model);
  for (const ExportLine& line : theirs_.lines) {
    auto named = options_.keys.find(line.key);
    std::string_view model = line.model, plain = model_without_snapshot(model);
    if (!our_models.contains(model) && !plain.empty() && our_models.contains(plain)) model = plain;
    Sides& side = all[{line.day, named == options_.keys.end() ? line.key : named->second, std::string(model)}];
    side.theirs += line.sums;
    ++side.lines;
  }
  return all;
}

// Each of our costs was rounded to a whole nano-USD, and each of their amounts.
bool Reconciler::drifts(const Sides& sides, ExportMeasure measure) const {
  std::int64_t ours = value_of(sides.ours, measure), theirs = value_of(sides.theirs, measure);
  auto difference = static_cast<__int128>(ours) - theirs;
  if (difference < 0) difference = -difference;
  if (measure == ExportMeasure::cost_nano_usd) difference -= (sides.attempts + sides.lines) / 2;
  __int128 allowed = static_cast<__int128>(std::abs(theirs)) * options_.tolerance.basis_points;
  return difference * whole > allowed;
}

Reconciliation Reconciler::compare() const {
  Reconciliation result;
  for (const auto& [place, sides] : this->sides()) {
    ++result.compared;
    result.ours += sides.ours;
    result.theirs += sides.theirs;
    DriftKind kind = sides.lines == 0     ? DriftKind::only_ours
                     : sides.attempts == 0 ? DriftKind::only_theirs
                                           : DriftKind::differs;
    for (ExportMeasure measure : theirs_.measures)
      if (drifts(sides, measure))
        result.drift.push_back({place, measure, kind, value_of(sides.ours, measure), value_of(sides.theirs, measure)});
  }
  return result;
}

}  // namespace tollgate
