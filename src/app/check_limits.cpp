#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/config_check.h"
#include "base/text.h"

namespace tollgate {
namespace {

void check_patterns(const Checking& checking, const config::Path& at, const std::vector<std::string>& patterns) {
  for (std::size_t i = 0; i < patterns.size(); ++i)
    if (patterns[i].find('*') < patterns[i].size() - 1)
      checking.error(at / i, fmt::format("`*` may stand only at the end of {}", config::shown(patterns[i])));
}

void check_providers_exist(const Checking& checking, const config::Path& at, const std::vector<std::string>& patterns) {
  std::vector<std::string> names;
  for (const auto& provider : checking.config.providers) names.push_back(provider.name);
  for (std::size_t i = 0; i < patterns.size(); ++i)
    if (std::ranges::none_of(names, [&](const std::string& name) { return overlap(patterns[i], name); }))
      checking.error(at / i, fmt::format("there is no provider {}", config::shown(patterns[i])),
                     nearest(patterns[i], names).value_or(""));
}

// Teams and the like are free text, since keys may come later; a near miss of one that is here is worth a word.
void check_near_miss(const Checking& checking, const config::Path& at, const std::vector<std::string>& patterns,
                     const std::string& (*part)(const Named<KeyEntry>::Entry&)) {
  constexpr std::size_t max_keys_to_compare = 1000;
  if (patterns.empty() || checking.config.keys.size() > max_keys_to_compare) return;
  std::vector<std::string> known;
  for (const auto& key : checking.config.keys)
    if (!part(key).empty()) known.push_back(part(key));
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (std::ranges::any_of(known, [&](const std::string& value) { return matches(patterns[i], value); })) continue;
    if (auto near = nearest(patterns[i], known))
      checking.warn(at / i, fmt::format("no key of this file has {}", config::shown(patterns[i])), *near);
  }
}

// A limit meets a route by its own name: one on `gpt-4o` would never see a call that the route `gpt-*` serves.
void check_own_names(const Checking& checking, const config::Path& at, const std::vector<std::string>& patterns) {
  std::vector<std::string> names;
  for (const auto& route : checking.config.routes) names.push_back(route.name);
  if (checking.config.server.open_routes)
    for (const auto& provider : checking.config.providers) names.push_back(provider.name + "/*");
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (std::ranges::any_of(names, [&](const std::string& name) { return matches(patterns[i], name); })) continue;
    auto serving = std::ranges::find_if(names, [&](const std::string& name) { return overlap(patterns[i], name); });
    if (serving == names.end()) continue;  // told by check_route_patterns
    checking.error(at / i, fmt::format("no route is called {}: {} serves it, and a limit meets a route by its own name", config::shown(patterns[i]), config::shown(*serving)), *serving);
  }
}

void check_match(const Checking& checking, const config::Path& at, const MatchConfig& match) {
  for (auto [name, patterns] : {std::pair{"key", &match.key},
                                {"team", &match.team},
                                {"user", &match.user},
                                {"feature", &match.feature},
                                {"model", &match.model},
                                {"provider", &match.provider}})
    check_patterns(checking, at / name, *patterns);
  for (const auto& tag : match.tags) {
    std::string name = "tags." + tag.name;
    check_patterns(checking, at / name, tag.value);
  }
  check_route_patterns(checking, at / "model", match.model);
  check_own_names(checking, at / "model", match.model);
  check_providers_exist(checking, at / "provider", match.provider);
  using Entry = Named<KeyEntry>::Entry;
  check_near_miss(checking, at / "key", match.key, [](const Entry& key) -> const std::string& { return key.name; });
  check_near_miss(checking, at / "team", match.team,
                  [](const Entry& key) -> const std::string& { return key.value.key.team; });
  check_near_miss(checking, at / "feature", match.feature,
                  [](const Entry& key) -> const std::string& { return key.value.key.feature; });
}

void check_each(const Checking& checking, const config::Path& at, const std::vector<std::string>& each) {
  const std::vector<std::string> words = {"key", "team", "user", "feature", "model", "provider"};
  for (std::size_t i = 0; i < each.size(); ++i)
    if (!counts_by(each[i]))
      checking.error(at / i,
                     fmt::format("a counter for each {} cannot be had; there are key, team, user, feature, model, "
                                 "provider and tags.NAME",
                                 config::shown(each[i])),
                     nearest(each[i], words).value_or(""));
}

void check_window(const Checking& checking, const config::Path& at, const LimitConfig& limit) {
  if (limit.concurrent) {
    for (const char* name : {"every", "rolling", "timezone"})
      if (checking.written(at / name)) checking.warn(at / name, "this does nothing: calls at once have no window", "");
    return;
  }
  if (limit.every && limit.rolling) checking.error(at / "rolling", "every and rolling exclude each other");
  if (!limit.every && !limit.rolling) checking.error(at, "the limit has no window: write `every:` or `rolling:`");
  if (!checking.written(at / "timezone")) return;
  if (limit.rolling) checking.error(at / "timezone", "this can never act: a rolling window has no calendar");
  const auto& exists = checking.options.zone_exists;
  if (exists && !exists(limit.timezone))
    checking.error(at / "timezone", fmt::format("there is no time zone {}", config::shown(limit.timezone)));
}

void check_action(const Checking& checking, const config::Path& at, const LimitConfig& limit) {
  bool queues = limit.on_limit == OnLimit::queue, downgrades = limit.on_limit == OnLimit::downgrade;
  if (limit.wait && !queues) checking.error(at / "wait", "this can never act: on_limit is not queue");
  if (!limit.to.empty() && !downgrades) checking.error(at / "to", "this can never act: on_limit is not downgrade");
  bool alerts = limit.on_limit == OnLimit::alert;
  bool of_output = limit.usd || limit.tokens || limit.output_tokens;
  if (limit.clamp && alerts) checking.error(at / "clamp", "this can never act: on_limit is alert, which bounds nothing");
  if (limit.clamp && !of_output) checking.error(at / "clamp", "this can never act: the limit does not count output");
  if (downgrades && limit.to.empty()) checking.error(at, "`to` is missing: the route that is taken instead");
  if (limit.to.empty() || !downgrades) return;
  std::vector<std::string> names;
  for (const auto& route : checking.config.routes) names.push_back(route.name);
  if (checking.config.routes.find(limit.to) == nullptr)
    checking.error(at / "to", fmt::format("there is no route {}", config::shown(limit.to)), nearest(limit.to, names).value_or(""));
}

void check_own_limits(const Checking& checking, const std::string& key, const std::vector<LimitConfig>& limits) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    config::Path at{"keys", key, "limits", i};
    check_limit(checking, at, limits[i]);
    if (!limits[i].match.key.empty())
      checking.error(at / "match" / "key", "a key's own limit is for this key and no other");
    std::string name = own_limit_name(key, limits[i]);
    if (!names.insert(name).second) checking.error(at, "the key has two limits with this measure and window");
    if (checking.config.limits.find(name) != nullptr)
      checking.error({"limits", name}, fmt::format("this is the name of a limit of the key {}", config::shown(key)));
  }
}

}  // namespace

void check_limit(const Checking& checking, const config::Path& at, const LimitConfig& limit) {
  std::size_t measures = amounts_of(limit).size();
  if (measures == 0) checking.error(at, "the limit has no measure: write `usd:`, `tokens:`, `input_tokens:`, `output_tokens:`, `requests:` or `concurrent:`");
  if (measures > 1) checking.error(at, "the limit has several measures: make a limit for each");
  check_window(checking, at, limit);
  check_action(checking, at, limit);
  check_match(checking, at / "match", limit.match);
  check_each(checking, at / "each", limit.each);
}

void check_limits(const Checking& checking) {
  for (const auto& [name, limit] : checking.config.limits) check_limit(checking, {"limits", name}, limit);
  for (const auto& [name, entry] : checking.config.keys) check_own_limits(checking, name, entry.limits);
}

}  // namespace tollgate
