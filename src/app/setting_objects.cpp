#include "app/setting_objects.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/config_check.h"
#include "base/text.h"
#include "config/json.h"
#include "config/load.h"

namespace tollgate {
namespace {

constexpr std::size_t faults_told = 5;
constexpr std::string_view body_name = "body";

std::unexpected<Error> wrong(std::string param, std::string what) { return fail(Fault::invalid_request, std::move(what), std::move(param)); }

Result<config::Node> tree_of(std::string_view json) {
  auto root = config::parse_json(json);
  if (root) return std::move(*root);
  return wrong("body", fmt::format("the body is no object of JSON: {} at byte {}", root.error().what, root.error().offset));
}

// The field that a fault is about: its setting, and inside of that the name that is not known.
std::string field_of(const ConfigFault& fault) {
  constexpr std::string_view unknown = "there is no setting `";
  if (!fault.what.starts_with(unknown)) return fault.setting;
  const std::string name = fault.what.substr(unknown.size(), fault.what.find('`', unknown.size()) - unknown.size());
  return fault.setting.empty() ? name : fmt::format("{}.{}", fault.setting, name);
}

Result<void> ended(config::Faults& faults) {
  if (!faults.any_error()) return {};
  return fail(error_of(faults.take()));
}

// Reads a tree into described settings, by the rules of the file.
template <class T>
Result<T> read(const config::Node& root) {
  T value{};
  config::Faults faults{std::string(body_name)};
  config::load(root, value, {}, faults);
  TG_TRY_VOID(ended(faults));
  return value;
}

std::string_view every_of(const LimitConfig& limit) { return limit.every ? to_string(*limit.every) : "ever"; }

// A key carries measure, amount and window. What else a limit can say needs a limit of its own.
Result<StoredLimit> carried(const LimitConfig& limit, const std::string& at) {
  LimitConfig plain;
  const bool is_plain = limit.match.key.empty() && limit.match.team.empty() && limit.match.user.empty() && limit.match.feature.empty() &&
                        limit.match.model.empty() && limit.match.provider.empty() && limit.match.tags.empty() && limit.each.empty() &&
                        !limit.rolling && limit.timezone == plain.timezone && limit.on_limit == plain.on_limit && !limit.clamp && limit.alert_at.empty();
  if (!is_plain)
    return wrong(at, fmt::format("{}: the limit that a key carries has a measure and `every`; what says more is a limit of its own, with "
                                 "`match: {{\"key\": …}}`", at));
  const auto [measure, amount] = amounts_of(limit).at(0);
  return StoredLimit{std::string(to_string(measure)), measure == Measure::usd ? format_usd({amount}) : fmt::format("{}", amount),
                     std::string(every_of(limit))};
}

Result<std::vector<StoredLimit>> carried_limits(const Checking& checking, const std::vector<LimitConfig>& limits) {
  std::vector<StoredLimit> out;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const std::string at = fmt::format("limits[{}]", i);
    check_limit(checking, {"limits", i}, limits[i]);
    if (checking.faults.any_error()) return fail(error_of(checking.faults.take()));
    TG_TRY(limit, carried(limits[i], at));
    for (const StoredLimit& other : out)
      if (other.measure == limit.measure && other.every == limit.every) return wrong(at, fmt::format("{}: there is another one with this measure and window", at));
    out.push_back(std::move(limit));
  }
  return out;
}

}  // namespace

Error error_of(std::vector<ConfigFault> faults) {
  std::erase_if(faults, [](const ConfigFault& fault) { return fault.severity == config::Severity::warning; });
  std::string detail;
  for (std::size_t i = 0; i < std::min(faults.size(), faults_told); ++i) {
    const ConfigFault& fault = faults[i];
    if (i > 0) detail += "; ";
    if (!fault.setting.empty()) detail += fmt::format("`{}`: ", fault.setting);
    detail += fault.what;
    if (!fault.suggestion.empty()) detail += fmt::format("; did you mean `{}`?", fault.suggestion);
  }
  return {.fault = Fault::invalid_request, .detail = std::move(detail), .param = faults.empty() ? "" : field_of(faults.front())};
}

Result<LimitConfig> limit_of(std::string_view json) {
  TG_TRY(root, tree_of(json));
  TG_TRY(limit, read<LimitConfig>(root));
  if (amounts_of(limit).size() != 1 || (!limit.every && !limit.rolling && !limit.concurrent))
    return wrong("body", "a limit has one measure and one window");
  return limit;
}

Result<LimitConfig> limit_of(const std::string& key, const StoredLimit& stored) {
  LimitConfig limit;
  limit.match.key = {key};
  auto whole = parse_u64(stored.amount);
  auto amount = whole ? std::optional(static_cast<std::int64_t>(*whole)) : std::nullopt;
  if (stored.measure == "usd") limit.usd = parse_usd(stored.amount);
  if (stored.measure == "tokens") limit.tokens = amount;
  if (stored.measure == "input_tokens") limit.input_tokens = amount;
  if (stored.measure == "output_tokens") limit.output_tokens = amount;
  if (stored.measure == "requests") limit.requests = amount;
  if (stored.measure == "concurrent") limit.concurrent = amount;
  limit.every = parse_every(stored.every);
  if (amounts_of(limit).size() != 1 || (!limit.every && !limit.concurrent)) return wrong("limits", "this version does not know the limit");
  return limit;
}

Result<LimitConfig> checked_limit(std::string_view json, const Config& config, const ConfigOptions& options) {
  TG_TRY(root, tree_of(json));
  TG_TRY(limit, read<LimitConfig>(root));
  config::Faults faults{std::string(body_name)};
  check_limit({config, root, options, faults}, {}, limit);
  TG_TRY_VOID(ended(faults));
  return limit;
}

Result<KeySettings> checked_key(std::string_view json, const Config& config, const ConfigOptions& options, WallTime now) {
  TG_TRY(root, tree_of(json));
  if (root.find("secret") != nullptr) return wrong("secret", "`secret`: it is made here, and shown in the answer this once");
  config::Node given;  // the file's keys say where their secret is
  given.kind = config::Node::Kind::scalar;
  given.text = "secret";
  root.keys.push_back(given);
  given.text = "env:MADE_HERE";
  root.items.push_back(given);
  root.index_names();
  TG_TRY(entry, read<KeyEntry>(root));
  config::Faults faults{std::string(body_name)};
  const Checking checking{config, root, options, faults};
  check_route_patterns(checking, {"models"}, entry.key.models);
  TG_TRY_VOID(ended(faults));
  if (entry.key.expires && *entry.key.expires <= now) return wrong("expires", "`expires` has passed already");
  TG_TRY(limits, carried_limits(checking, entry.limits));
  KeySettings settings{.attribution = {entry.key.team, entry.key.user, entry.key.feature, {}},
                       .models = entry.key.models,
                       .expires = entry.key.expires,
                       .allow_from = entry.key.allow_from,
                       .limits = std::move(limits)};
  for (const auto& tag : entry.key.tags) settings.attribution.tags.emplace_back(tag.name, tag.value);
  std::ranges::sort(settings.attribution.tags);
  for (MaySay may : entry.key.may_set) {
    settings.may_set.user |= may == MaySay::user;
    settings.may_set.feature |= may == MaySay::feature;
    settings.may_set.tags |= may == MaySay::tags;
  }
  return settings;
}

KeyEntry key_entry_of(const KeySettings& settings) {
  KeyEntry entry;
  const Attribution& who = settings.attribution;
  entry.key.team = who.team, entry.key.user = who.user, entry.key.feature = who.feature;
  for (const auto& [name, value] : who.tags) entry.key.tags.add(name) = value;
  entry.key.models = settings.models;
  if (settings.may_set.user) entry.key.may_set.push_back(MaySay::user);
  if (settings.may_set.feature) entry.key.may_set.push_back(MaySay::feature);
  if (settings.may_set.tags) entry.key.may_set.push_back(MaySay::tags);
  entry.key.expires = settings.expires;
  entry.key.allow_from = settings.allow_from;
  for (const StoredLimit& stored : settings.limits) {
    auto limit = limit_of("", stored);
    if (!limit) continue;  // of a newer version
    limit->match.key.clear();
    entry.limits.push_back(std::move(*limit));
  }
  return entry;
}

std::string key_settings_json(const KeySettings& settings) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  config::append_members(out, key_entry_of(settings));
  out.end_object();
  return text;
}

}  // namespace tollgate
