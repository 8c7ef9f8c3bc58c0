#include <gtest/gtest.h>

#include <algorithm>

#include "app/config.h"
#include "app/migrate/litellm.h"
#include "app/migrate/portkey.h"
#include "config/yaml.h"

namespace tollgate {
namespace {

struct Imported {
  Draft draft;
  Config config;  // what our own loader makes of it
  std::string yaml;
  std::string remarks;

  bool remarked(std::string_view words) const { return remarks.find(words) != std::string::npos; }
};

ForeignWorld world() {
  return {.env = [](std::string_view name) { return name == "AZURE_API_BASE" ? std::optional<std::string>("https://a.openai.azure.com/") : std::nullopt; },
          .has_price = [](std::string_view name) { return name == "gpt-4o"; }};
}

template <class Make>
Imported imported(std::string_view text, Make make) {
  config::Faults faults("theirs");
  auto tree = config::parse_yaml(text, faults);
  EXPECT_TRUE(tree);
  Imported made;
  if (!tree) return made;
  Remarks remarks;
  made.draft = make(*tree, remarks);
  made.yaml = yaml_of(made.draft, "a test");
  made.remarks = remarks.text("theirs");
  ConfigOptions options;
  options.secrets.env = [](std::string_view name) { return std::optional("a-secret-long-enough-" + std::string(name)); };
  options.secrets.file = [](const std::string&) { return std::optional<std::string>("a-file-long-enough"); };
  options.catalogue_has_price = [](std::string_view name) { return name == "gpt-4o"; };
  auto loaded = load_config(made.yaml, "ours", options);
  EXPECT_TRUE(loaded) << made.yaml;
  if (loaded)
    made.config = std::move(loaded->config);
  else
    for (const auto& fault : loaded.error()) ADD_FAILURE() << to_string(fault);
  return made;
}

Imported from_litellm(std::string_view text) {
  return imported(text, [](const config::Node& tree, Remarks& remarks) { return draft_from_litellm(tree, world(), remarks); });
}

Imported from_portkey(std::string_view text, const PortkeyNames& names = {}) {
  return imported(text, [&](const config::Node& tree, Remarks& remarks) { return draft_from_portkey(tree, world(), names, remarks); });
}

TEST(FromLiteLlm, MakesARouteOfTheDeploymentsOfOneName) {
  auto made = from_litellm(R"(
model_list:
  - model_name: gpt-4o
    litellm_params: { model: azure/eu, api_base: os.environ/AZURE_API_BASE, api_key: os.environ/AZURE_KEY, api_version: "2024-02-01", rpm: 6 }
  - model_name: gpt-4o
    litellm_params: { model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY, rpm: 12 }
)");
  const RouteConfig& route = *made.config.routes.find("gpt-4o");
  EXPECT_EQ(route.strategy, Strategy::weighted);
  ASSERT_EQ(route.targets.size(), 2u);
  EXPECT_EQ(route.targets[0].provider, "azure");
  EXPECT_EQ(route.targets[0].model, "eu");
  EXPECT_EQ(route.targets[0].weight, 1);
  EXPECT_EQ(route.targets[1].weight, 2);
  EXPECT_EQ(made.config.providers.find("azure")->base_url, "https://a.openai.azure.com");
  EXPECT_EQ(made.config.providers.find("azure")->api_version, "2024-02-01");
  EXPECT_TRUE(made.remarked("rpm and tpm of one among several"));
}

TEST(FromLiteLlm, NeverWritesASecretThatStandsInTheFile) {
  auto made = from_litellm(R"(
model_list:
  - model_name: a
    litellm_params: { model: openai/gpt-4o, api_key: sk-first-secret }
  - model_name: b
    litellm_params: { model: openai/gpt-4o, api_key: sk-second-secret }
  - model_name: c
    litellm_params: { model: openai/gpt-4o-mini, api_key: sk-first-secret }
general_settings: { master_key: sk-master-secret }
environment_variables: { REDIS_PASSWORD: redis-secret }
)");
  EXPECT_EQ(made.yaml.find("secret\""), std::string::npos);
  for (std::string_view secret : {"sk-first-secret", "sk-second-secret", "sk-master-secret", "redis-secret"}) {
    EXPECT_EQ(made.yaml.find(secret), std::string::npos);
    EXPECT_EQ(made.remarks.find(secret), std::string::npos);
  }
  EXPECT_EQ(made.config.providers.size(), 2u) << "one for each key";
  EXPECT_NE(made.yaml.find("env:OPENAI_API_KEY_2"), std::string::npos);
  EXPECT_NE(made.yaml.find("admin: { token: env:LITELLM_MASTER_KEY }"), std::string::npos);
  EXPECT_TRUE(made.remarked("theirs:4:54: model_list[0].litellm_params.api_key: a secret stands in the file itself"));
  EXPECT_TRUE(made.remarked("REDIS_PASSWORD: is not copied"));
}

TEST(FromLiteLlm, ReadsPricesForATokenAsPricesForAMillion) {
  auto made = from_litellm(R"(
model_list:
  - model_name: mine
    litellm_params: { model: hosted_vllm/mine, api_base: "http://127.0.0.1:8000/v1", input_cost_per_token: 2.5e-06, output_cost_per_token: 0.00001 }
    model_info: { cache_read_input_token_cost: 0.00000125 }
)");
  const PriceConfig& price = *made.config.prices.find("mine-price");
  EXPECT_EQ(price.input, parse_usd("2.5"));
  EXPECT_EQ(price.output, usd(10));
  EXPECT_EQ(price.cached_input, parse_usd("1.25"));
  EXPECT_EQ(made.config.routes.find("mine")->targets[0].price, "mine-price");
  EXPECT_TRUE(made.config.providers.find("vllm")->keys.empty());
}

TEST(FromLiteLlm, OpensAProviderForItsWildcard) {
  auto made = from_litellm(R"(
model_list:
  - { model_name: "anthropic/*", litellm_params: { model: "anthropic/*", api_key: os.environ/ANTHROPIC_API_KEY } }
  - { model_name: "gpt-*", litellm_params: { model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY } }
  - { model_name: "*", litellm_params: { model: "openai/*" } }
)");
  EXPECT_TRUE(made.config.server.open_routes);
  EXPECT_NE(made.config.providers.find("anthropic"), nullptr);
  EXPECT_NE(made.config.routes.find("gpt-*"), nullptr);
  EXPECT_TRUE(made.remarked("theirs:5:7: model_list[2].model_name: only a `*` at the end"));
}

constexpr std::string_view three_models = R"(
model_list:
  - { model_name: a, litellm_params: { model: openai/gpt-4o, api_key: os.environ/K } }
  - { model_name: b, litellm_params: { model: openai/gpt-4o, api_key: os.environ/K } }
  - { model_name: c, litellm_params: { model: openai/gpt-4o, api_key: os.environ/K } }
)";

TEST(FromLiteLlm, FollowsFallbacksAndLeavesCirclesOut) {
  auto made = from_litellm(std::string(three_models) + "router_settings: { fallbacks: [ { a: [b] }, { b: [a, c] } ], context_window_fallbacks: [ { c: [nowhere] } ] }\n");
  EXPECT_EQ(made.config.routes.find("a")->fallback, std::vector<std::string>{"b"});
  EXPECT_EQ(made.config.routes.find("b")->fallback, std::vector<std::string>{"c"});
  EXPECT_TRUE(made.config.routes.find("c")->fallback.empty());
  EXPECT_TRUE(made.remarked("router_settings.fallbacks.b: leads to no route, or in a circle"));
  EXPECT_TRUE(made.remarked("router_settings.context_window_fallbacks.c: leads to no route"));
}

TEST(FromLiteLlm, FallsBackForTheFailuresOfEachList) {
  auto made = from_litellm(std::string(three_models) + "litellm_settings: { context_window_fallbacks: [ { a: [b] } ], default_fallbacks: [c] }\n");
  EXPECT_EQ(made.config.routes.find("a")->fallback_on, std::vector{FallbackCause::context_length});
  EXPECT_EQ(made.config.routes.find("b")->fallback, std::vector<std::string>{"c"});
}

TEST(FromLiteLlm, ReadsRetriesTimesBreakersAndAliases) {
  auto made = from_litellm(std::string(three_models) + R"(
router_settings: { routing_strategy: least-busy, num_retries: 3, allowed_fails: 3, cooldown_time: 30, model_group_alias: { gpt-4: a } }
litellm_settings: { request_timeout: 10, drop_params: true, cache: true, callbacks: [otel] }
)");
  const RouteConfig& route = *made.config.routes.find("a");
  EXPECT_EQ(route.retry.attempts, 3);
  EXPECT_EQ(route.breaker->failures, 4);
  EXPECT_EQ(route.breaker->open_for, seconds(30));
  EXPECT_EQ(made.config.providers.find("openai")->timeouts.total, seconds(10));
  EXPECT_EQ(made.config.routes.find("gpt-4")->targets[0].model, "gpt-4o");
  EXPECT_TRUE(made.remarked("litellm_settings.cache: there is no cache"));
  EXPECT_TRUE(made.remarked("litellm_settings.callbacks: nothing is called back"));
}

TEST(FromLiteLlm, MakesLimitsOfBudgetsAndRates) {
  auto made = from_litellm(R"(
model_list:
  - { model_name: a, litellm_params: { model: openai/gpt-4o, api_key: os.environ/K, rpm: 60, max_budget: 100, budget_duration: 1d } }
router_settings: { provider_budget_config: { openai: { budget_limit: 0.5, time_period: 30d } } }
litellm_settings: { max_budget: 1000, budget_duration: 7d, default_team_params: { max_budget: 20, budget_duration: 12h, tpm_limit: 5000 } }
)");
  EXPECT_EQ(made.config.limits.find("a-rpm")->requests, 60);
  EXPECT_EQ(made.config.limits.find("a-budget")->every, Every::day);
  EXPECT_EQ(made.config.limits.find("openai-budget")->usd, parse_usd("0.5"));
  EXPECT_EQ(made.config.limits.find("openai-budget")->match.provider, std::vector<std::string>{"openai"});
  EXPECT_EQ(made.config.limits.find("all")->every, Every::week);
  EXPECT_EQ(made.config.limits.find("each-team-budget")->rolling, seconds(12 * 3600));
  EXPECT_EQ(made.config.limits.find("each-team-tokens")->each, std::vector<std::string>{"team"});
}

TEST(FromLiteLlm, NamesEveryFieldThatItDoesNotKnow) {
  auto made = from_litellm("model_list:\n  - model_name: a\n    litellm_params: { model: openai/gpt-4o, api_key: os.environ/K, temperature: 0.2, colour: red }\n    model_info: { mode: chat }\nshape: round\n");
  EXPECT_TRUE(made.remarked("model_list[0].litellm_params.temperature: the gateway sets no fields"));
  EXPECT_TRUE(made.remarked("model_list[0].litellm_params.colour: has no equivalent"));
  EXPECT_TRUE(made.remarked("model_list[0].model_info.mode: says nothing"));
  EXPECT_TRUE(made.remarked("theirs:5:1: shape: has no equivalent"));
}

TEST(FromLiteLlm, LeavesOutADeploymentThatCannotBeHad) {
  auto made = from_litellm(R"(
model_list:
  - { model_name: a, litellm_params: { model: sagemaker/mine } }
  - { model_name: b, litellm_params: { model: azure/mine, api_base: os.environ/UNSET } }
  - { model_name: c, litellm_params: { model: openai/gpt-4o, api_key: os.environ/K } }
)");
  EXPECT_EQ(made.config.routes.size(), 1u);
  EXPECT_TRUE(made.remarked("no provider here is like that of `sagemaker/mine`"));
  EXPECT_TRUE(made.remarked("set UNSET and import again"));
}

TEST(FromPortkey, MakesOneRouteOfATargetThatSetsItsModel) {
  auto made = from_portkey(R"({ "provider": "anthropic", "api_key": "sk-very-secret", "override_params": { "model": "claude-3-5-sonnet", "max_tokens": 512 },
    "retry": { "attempts": 5, "on_status_codes": [429] }, "cache": { "mode": "simple" }, "request_timeout": 10000 })");
  const RouteConfig& route = *made.config.routes.find("main");
  EXPECT_EQ(route.targets[0].model, "claude-3-5-sonnet");
  EXPECT_EQ(route.retry.attempts, 5);
  EXPECT_EQ(made.config.providers.find("anthropic")->timeouts.total, seconds(10));
  EXPECT_EQ(made.yaml.find("sk-very-secret"), std::string::npos);
  EXPECT_EQ(made.remarks.find("sk-very-secret"), std::string::npos);
  EXPECT_TRUE(made.remarked("cache: there is no cache"));
  EXPECT_TRUE(made.remarked("override_params.max_tokens"));
}

TEST(FromPortkey, SharesOutByWeightForEachModelThatIsNamed) {
  auto made = from_portkey(R"({ "strategy": { "mode": "loadbalance" }, "targets": [
    { "provider": "openai", "apiKey": "sk-one-secret", "weight": 0.7 }, { "provider": "openai", "api_key": "sk-two-secret", "weight": 0.3 } ] })",
                           {.models = {"gpt-4o", "gpt-4o-mini"}});
  const RouteConfig& route = *made.config.routes.find("gpt-4o-mini");
  EXPECT_EQ(route.strategy, Strategy::weighted);
  EXPECT_EQ(route.targets[0].weight, 7);
  EXPECT_EQ(route.targets[1].weight, 3);
  EXPECT_EQ(route.targets[1].model, "gpt-4o-mini");
  EXPECT_EQ(made.config.providers.size(), 2u);
}

TEST(FromPortkey, FallsBackInOrderForTheStatusCodesThatAreNamed) {
  auto made = from_portkey(R"({ "strategy": { "mode": "fallback", "on_status_codes": [429, 504, 241] }, "targets": [
    { "virtual_key": "openai-prod-1", "override_params": { "model": "gpt-4o" } },
    { "strategy": { "mode": "loadbalance" }, "targets": [
        { "provider": "groq", "api_key": "k", "override_params": { "model": "llama" } }, { "provider": "xai", "api_key": "k2", "override_params": { "model": "grok" } } ] } ] })");
  const RouteConfig& route = *made.config.routes.find("main");
  EXPECT_EQ(route.targets.size(), 1u);
  EXPECT_EQ(route.fallback, std::vector<std::string>{"main-2"});
  EXPECT_EQ(route.fallback_on, (std::vector{FallbackCause::rate_limited, FallbackCause::timeout, FallbackCause::unreachable}));
  EXPECT_EQ(made.config.routes.find("main-2")->strategy, Strategy::weighted);
  EXPECT_NE(made.yaml.find("env:OPENAI_PROD_1"), std::string::npos);
  EXPECT_TRUE(made.remarked("241 is no failure"));
}

TEST(FromPortkey, MakesRoutesOfTheTargetsOfAConditionalConfig) {
  auto made = from_portkey(R"({ "strategy": { "mode": "conditional", "conditions": [ { "query": { "metadata.plan": { "$eq": "paid" } }, "then": "best" } ], "default": "basic" },
    "targets": [ { "name": "best", "provider": "openai", "api_key": "k", "override_params": { "model": "gpt-4o" } },
                 { "name": "basic", "provider": "openai", "api_key": "k", "override_params": { "model": "gpt-4o-mini" } } ] })");
  EXPECT_EQ(made.config.routes.find("best")->targets[0].model, "gpt-4o");
  EXPECT_EQ(made.config.routes.find("basic")->targets[0].model, "gpt-4o-mini");
  EXPECT_TRUE(made.remarked("strategy.conditions: nothing here looks into a call"));
}

TEST(FromPortkey, OpensTheProvidersWhereNobodySaysWhichModels) {
  auto made = from_portkey(R"({ "provider": "openai", "api_key": "k", "mood": "good" })");
  EXPECT_TRUE(made.config.server.open_routes);
  EXPECT_TRUE(made.remarked("import with --models"));
  EXPECT_TRUE(made.remarked("mood: has no equivalent"));
}

TEST(ForeignFile, MovesThePointOfADecimalExactly) {
  EXPECT_EQ(shifted_decimal("2.5e-06", 6), "2.5");
  EXPECT_EQ(shifted_decimal("0.00000015", 6), "0.15");
  EXPECT_EQ(shifted_decimal("3e-7", 6), "0.3");
  EXPECT_EQ(shifted_decimal("0", 6), "0");
  EXPECT_EQ(shifted_decimal("12", 0), "12");
  EXPECT_EQ(shifted_decimal("-1", 6), std::nullopt);
  EXPECT_EQ(shifted_decimal("1e999", 6), std::nullopt);
  EXPECT_EQ(shifted_decimal("nan", 6), std::nullopt);
}

TEST(ForeignFile, ReadsLengthsOfBudgets) {
  EXPECT_EQ(window_of_length("1d"), "every: day");
  EXPECT_EQ(window_of_length("1mo"), "every: month");
  EXPECT_EQ(window_of_length("12h"), "rolling: 12h");
  EXPECT_EQ(window_of_length(""), std::nullopt);
  EXPECT_EQ(window_of_length("2mo"), std::nullopt);
}

}  // namespace
}  // namespace tollgate
