#include "app/migrate/litellm.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/migrate/deployment.h"
#include "app/migrate/fallbacks.h"

namespace tollgate {
namespace {

using config::Node;

constexpr std::string_view not_copied = "has no equivalent, and was left out";
constexpr std::int64_t retries_max = 10;

// How the settings of the router, wherever they stand, act on every route.
struct RouterWishes {
  std::string strategy{};
  std::optional<std::int64_t> retries{};
  std::string total{};
  std::string breaker{};
};

std::string strategy_like(ForeignFields& router) {
  std::string theirs = router.text("routing_strategy");
  if (theirs.empty() || theirs == "simple-shuffle") return "weighted";
  if (theirs == "least-busy") return "least_busy";
  if (theirs == "latency-based-routing") return "least_latency";
  if (theirs == "cost-based-routing") return "cheapest";
  if (theirs.starts_with("usage-based-routing"))
    router.remark("routing_strategy", "became `weighted`: nothing here follows what is left of tpm and rpm; `max_in_flight` and `adaptive` of a target come near");
  else
    router.remark("routing_strategy", "is not known, and became `weighted`");
  return "weighted";
}

void read_breaker(ForeignFields& fields, RouterWishes& wishes) {
  if (fields.flag("disable_cooldowns")) {
    wishes.breaker = "off";
    return;
  }
  auto fails = fields.number("allowed_fails");
  auto rest = duration_of_seconds(fields.text("cooldown_time"));
  if (!fails && !rest) return;
  std::string parts = fails ? fmt::format("failures: {}, window: 1m", std::min<std::int64_t>(*fails + 1, 1000)) : std::string();
  if (rest) parts += fmt::format("{}open_for: {}", parts.empty() ? "" : ", ", *rest);
  wishes.breaker = fmt::format("{{ {} }}", parts);
}

// Those of `router_settings` go before those of `litellm_settings`.
void read_common(ForeignFields& fields, RouterWishes& wishes) {
  if (auto retries = fields.number("num_retries")) {
    if (*retries > retries_max) fields.remark("num_retries", fmt::format("became {}, the most there is", retries_max));
    wishes.retries = std::min(*retries, retries_max);
  }
  for (std::string_view name : {"request_timeout", "timeout"})
    if (auto total = duration_of_seconds(fields.text(name))) wishes.total = *total;
  read_breaker(fields, wishes);
}

void add_budget(Draft& draft, ForeignFields& fields, std::string_view budget, std::string_view length, const std::string& name, const std::string& each) {
  std::string text = fields.text(budget), duration = fields.text(length);
  if (text.empty()) return;
  auto amount = shifted_decimal(text, 0);
  auto window = window_of_length(duration);
  if (!amount || !window) return fields.remark(budget, fmt::format("needs {} such as 1d or 30d: it was left out", length));
  draft.add_limit({.name = name, .each = each, .measure = "usd", .amount = *amount, .window = *window});
}

void add_rate(Draft& draft, std::optional<std::int64_t> amount, const std::string& measure, DraftLimit limit) {
  if (!amount || *amount == 0) return;
  limit.measure = measure;
  limit.amount = fmt::format("{}", *amount);
  limit.window = "every: minute";
  draft.add_limit(std::move(limit));
}

void read_team_defaults(Draft& draft, ForeignFields& fields, Remarks& remarks) {
  ForeignFields team(fields.take("default_team_params"), fields.path("default_team_params"), remarks);
  add_budget(draft, team, "max_budget", "budget_duration", "each-team-budget", "team");
  add_rate(draft, team.number("tpm_limit"), "tokens", {.name = "each-team-tokens", .each = "team"});
  add_rate(draft, team.number("rpm_limit"), "requests", {.name = "each-team-requests", .each = "team"});
  team.rest(std::string(not_copied));
}

void read_provider_budgets(Draft& draft, ForeignFields& router, const DeploymentReader& deployments, Remarks& remarks) {
  const Node* budgets = router.take("provider_budget_config");
  if (budgets == nullptr || budgets->kind != Node::Kind::map) return;
  for (std::size_t i = 0; i < budgets->items.size(); ++i) {
    const std::string& name = budgets->keys[i].text;
    ForeignFields budget(&budgets->items[i], router.path("provider_budget_config." + name), remarks);
    auto ours = deployments.providers().find(name);
    auto amount = shifted_decimal(budget.text("budget_limit"), 0);
    auto window = window_of_length(budget.text("time_period"));
    if (ours == deployments.providers().end() || !amount || !window) {
      remarks.add(budgets->keys[i].place, router.path("provider_budget_config." + name), "no deployment is of this provider, or limit or period cannot be read: it was left out");
      continue;
    }
    draft.add_limit({.name = name + "-budget", .providers = ours->second, .measure = "usd", .amount = *amount, .window = *window});
    budget.rest(std::string(not_copied));
  }
}

// Deployments of one model name: their order or shares, and their rates.
void finish_group(Draft& draft, DraftRoute& route, std::vector<Deployment>& group, const RouterWishes& wishes, Remarks& remarks) {
  bool ordered = std::ranges::any_of(group, [](const Deployment& one) { return one.order.has_value(); });
  if (ordered) std::ranges::stable_sort(group, {}, [](const Deployment& one) { return one.order.value_or(INT64_MAX); });
  bool by_rpm = std::ranges::all_of(group, [](const Deployment& one) { return one.rpm.has_value(); });
  bool by_tpm = std::ranges::all_of(group, [](const Deployment& one) { return one.tpm.has_value(); });
  bool by_weight = std::ranges::any_of(group, [](const Deployment& one) { return one.weight.has_value(); });
  route.retries = wishes.retries;
  route.total = {};
  route.breaker = wishes.breaker;
  for (Deployment& one : group) {
    one.target.weight = by_weight ? one.weight.value_or(1) : by_rpm ? *one.rpm : by_tpm ? *one.tpm : 1;
    if (one.retries) route.retries = std::min(*one.retries, retries_max);
    if (group.size() == 1) {
      add_rate(draft, one.rpm, "requests", {.name = one.group + "-rpm", .providers = {one.target.provider}, .model = one.group});
      add_rate(draft, one.tpm, "tokens", {.name = one.group + "-tpm", .providers = {one.target.provider}, .model = one.group});
    } else if (one.rpm || one.tpm) {
      remarks.add(one.place, route.name, "rpm and tpm of one among several deployments count as its share only: a limit here would refuse the call instead of asking the next one");
    }
    route.targets.push_back(std::move(one.target));
  }
  if (route.targets.size() > 1) route.strategy = ordered ? "ordered" : wishes.strategy;
  if (route.strategy == "weighted") Draft::fit_weights(route);
}

void read_models(Draft& draft, const Node* list, DeploymentReader& deployments, const RouterWishes& wishes, Remarks& remarks) {
  std::vector<std::pair<std::string, std::vector<Deployment>>> groups;
  if (list == nullptr || list->kind != Node::Kind::list) return remarks.add({}, "model_list", "is missing: there is no route");
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    auto one = deployments.read(list->items[i], i);
    if (!one) continue;
    auto group = std::ranges::find(groups, one->group, &std::pair<std::string, std::vector<Deployment>>::first);
    if (group == groups.end()) group = groups.insert(groups.end(), {one->group, {}});
    group->second.push_back(std::move(*one));
  }
  if (groups.empty() && !draft.open_routes) remarks.add(list->place, "model_list", "no route came of it");
  for (auto& [name, group] : groups) finish_group(draft, draft.route_or_new(name), group, wishes, remarks);
}

void read_aliases(Draft& draft, ForeignFields& router, Remarks& remarks) {
  const Node* aliases = router.take("model_group_alias");
  if (aliases == nullptr || aliases->kind != Node::Kind::map) return;
  for (std::size_t i = 0; i < aliases->items.size(); ++i) {
    const Node& value = aliases->items[i];
    ForeignFields fields(value.kind == Node::Kind::map ? &value : nullptr, router.path("model_group_alias"), remarks);
    std::string target = value.kind == Node::Kind::scalar ? value.text : fields.text("model");
    fields.rest("every route is listed under /v1/models");
    const DraftRoute* known = draft.route(target);
    const std::string& name = aliases->keys[i].text;
    if (known == nullptr || draft.route(name) != nullptr) {
      remarks.add(aliases->keys[i].place, router.path("model_group_alias." + name), "leads to no route, or a route has this name: it was left out");
      continue;
    }
    DraftRoute copy = *known;
    copy.name = name;
    draft.routes.push_back(std::move(copy));
  }
}

void read_general(Draft& draft, ForeignFields general, ForeignSecrets& secrets) {
  const Node* master = general.take("master_key");
  if (master != nullptr && master->kind == Node::Kind::scalar) {
    draft.admin_token = secrets.reference(master->text, "LITELLM_MASTER_KEY", master->place, general.path("master_key"));
    general.remark("master_key", fmt::format("became the admin token and opens no model: callers use the key `main` (the variable {}) or keys of their own (`tollgate keys create`)", draft_key_variable));
  }
  general.none({"database_url", "database_connection_pool_limit", "store_model_in_db"}, "is not needed: ledger and keys stand in the data folder");
  general.rest(std::string(not_copied));
}

}  // namespace

Draft draft_from_litellm(const Node& root, const ForeignWorld& world, Remarks& remarks) {
  Draft draft;
  ForeignSecrets secrets(remarks);
  ForeignFields whole(&root, "", remarks);
  ForeignFields router(whole.take("router_settings"), "router_settings", remarks), module(whole.take("litellm_settings"), "litellm_settings", remarks);
  RouterWishes wishes{.strategy = strategy_like(router)};
  read_common(module, wishes);
  read_common(router, wishes);

  DeploymentReader deployments(draft, world, remarks, secrets);
  deployments.credentials(whole.take("credential_list"));
  deployments.total(wishes.total);
  read_models(draft, whole.take("model_list"), deployments, wishes, remarks);
  read_fallbacks(draft, router, module, remarks);
  read_aliases(draft, router, remarks);
  read_provider_budgets(draft, router, deployments, remarks);
  add_budget(draft, module, "max_budget", "budget_duration", "all", "");
  add_budget(draft, module, "max_internal_user_budget", "internal_user_budget_duration", "each-user-budget", "user");
  read_team_defaults(draft, module, remarks);

  module.none({"cache", "cache_params"}, "there is no cache of answers yet");
  module.none({"drop_params"}, "needs nothing: what a target cannot be told is dropped and told in x-tollgate-dropped; x-tollgate-strict refuses instead");
  module.none({"success_callback", "failure_callback", "callbacks", "service_callback"}, "nothing is called back: there are /metrics, the access log, the ledger and the audit log");
  module.rest(std::string(not_copied));
  router.rest(std::string(not_copied));
  if (const Node* variables = whole.take("environment_variables"); variables != nullptr && variables->kind == Node::Kind::map)
    for (const Node& name : variables->keys) remarks.add(name.place, "environment_variables." + name.text, "is not copied: set it in the environment of `tollgate serve`");
  read_general(draft, ForeignFields(whole.take("general_settings"), "general_settings", remarks), secrets);
  whole.rest(std::string(not_copied));
  return draft;
}

}  // namespace tollgate
