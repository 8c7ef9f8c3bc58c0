#include "limits/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tollgate {
namespace {

bool tells_providers_apart(const LimitSpec& spec) {
  auto is_provider = [](const AttributeName& name) { return name.attribute == Attribute::provider; };
  return std::ranges::any_of(spec.each, is_provider) || std::ranges::any_of(spec.match, is_provider, &MatchRule::attribute);
}

std::unexpected<Error> wrong(const LimitSpec& spec, std::string_view why) {
  return fail(Fault::invalid_request, fmt::format("limit {}: {}", spec.name, why), spec.name);
}

Result<void> check(const LimitSpec& spec) {
  if ((spec.measure == Measure::concurrent) != spec.window.lasts()) return wrong(spec, "calls at once have no window, and only they have none");
  if (spec.amount < 0) return wrong(spec, "the amount is negative");
  if (spec.each.size() > max_each) return wrong(spec, fmt::format("`each` has more than {} names", max_each));
  for (const auto& rule : spec.match)
    if (rule.values.empty()) return wrong(spec, fmt::format("`{}` has no value", to_string(rule.attribute)));
  return {};
}

// What a counter stands for, besides its limit's name and window.
std::string shape_of(const LimitSpec& spec) {
  std::string shape(to_string(spec.measure));
  for (const auto& name : spec.each) shape += fmt::format(" {}", to_string(name));
  return shape;
}

void add_sorted(Matches& out, const Limit* limit) {
  if (out.count == max_limits_per_call) {
    out.too_many = true;
    return;
  }
  std::size_t at = out.count++;
  for (; at > 0 && out.limits[at - 1] > limit; --at) out.limits[at] = out.limits[at - 1];
  out.limits[at] = limit;
}

}  // namespace

bool Limit::concerns(const Subject& subject) const {
  return std::all_of(match.begin(), match.end(), [&](const MatchRule& rule) { return rule.met_by(subject); });
}

Result<Policy> Policy::compile(std::vector<LimitSpec> specs, Counters& counters) {
  Policy policy(counters);
  std::set<std::string_view> names;
  for (const auto& spec : specs) {
    TG_TRY_VOID(check(spec));
    if (!names.insert(spec.name).second) return wrong(spec, "the name is given twice");
    Series* series = counters.series(spec.name, shape_of(spec), spec.window);
    if (!series) return wrong(spec, "there are too many limits");
    policy.limits_.push_back({spec.name, spec.match, spec.each, spec.measure, spec.amount, spec.enforce, series, spec.otherwise, spec.clamp, spec.alert_at,
                              tells_providers_apart(spec)});
  }
  for (std::uint32_t i = 0; i < policy.limits_.size(); ++i) {
    policy.by_name_.emplace(policy.limits_[i].name, i);
    policy.index(i);
  }
  return policy;
}

void Policy::index(std::uint32_t limit) {
  for (const auto& rule : limits_[limit].match) {
    if (rule.attribute.attribute == Attribute::tag || !rule.only_literals()) continue;
    auto& anchors = by_value_[static_cast<std::size_t>(rule.attribute.attribute)];
    for (const auto& value : rule.values) {
      auto& found = anchors[value];
      if (found.empty() || found.back() != limit) found.push_back(limit);  // a value may be listed twice
    }
    return;
  }
  always_.push_back(limit);
}

Matches Policy::match(const Subject& subject) const {
  Matches out;
  auto visit = [&](const std::vector<std::uint32_t>& candidates) {
    for (std::uint32_t i : candidates)
      if (limits_[i].concerns(subject)) add_sorted(out, &limits_[i]);
  };
  visit(always_);
  const std::string_view values[anchored] = {subject.key,     subject.team,  subject.user,
                                             subject.feature, subject.model, subject.provider};
  for (std::size_t i = 0; i < anchored; ++i) {
    if (by_value_[i].empty()) continue;
    if (auto found = by_value_[i].find(values[i]); found != by_value_[i].end()) visit(found->second);
  }
  return out;
}

const Limit* Policy::find(std::string_view name) const {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &limits_[found->second];
}

}  // namespace tollgate
