#include "app/config.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "app/config_reference.h"

namespace tollgate {
namespace {

// A world in which every variable has a long value of its own, but for those that begin with MISSING.
ConfigOptions options() {
  return {
      .secrets = {.env = [](std::string_view name) -> std::optional<std::string> {
                    if (name.starts_with("MISSING") || name == "TOLLGATE_ADMIN_TOKEN") return std::nullopt;
                    return "a-secret-long-enough-" + std::string(name);
                  },
                  .file = [](const std::string&) { return std::optional<std::string>("file-contents-long-enough"); }},
      .catalogue_has_price = [](std::string_view name) { return name == "gpt-4o" || name == "gpt-4o-mini"; },
      .zone_exists = [](std::string_view zone) { return zone == "UTC" || zone == "Europe/Berlin"; }};
}

LoadedConfig loaded(std::string_view text) {
  auto result = load_config(text, "t.yaml", options());
  if (result) return std::move(*result);
  for (const auto& fault : result.error()) ADD_FAILURE() << to_string(fault);
  return {};
}

// The settings page of the design (surface 2), cut to what is available.
constexpr std::string_view surface_example = R"yaml(
server:   { listen: [127.0.0.1:8080], threads: auto, max_body: 64MiB, memory: auto, trusted_proxies: [], tls: { cert: c.pem, key: k.pem } }
admin:    { listen: 127.0.0.1:8081, token: env:ADMIN_TOKEN, tokens: { finance: { secret: env:FINANCE_TOKEN, role: auditor } } }
data:     ./tollgate-data
ledger:   { durability: power, keep: 400d, journal_max: 8GiB }
audit:    { keep: 400d }
store:    embedded

providers:
  openai:
    type: openai
    base_url: https://api.openai.com/v1
    region: us
    retention: 30d
    keys:
      main:  { secret: vault:openai-main, weight: 2 }
      spare: { secret: env:OPENAI_SPARE_KEY }
    timeouts: { connect: 5s, first_token: 60s, idle: 60s, total: 10m }
  groq: { type: groq, keys: { main: { secret: env:GROQ_KEY } } }

routes:
  gpt-4o:
    strategy: ordered
    targets:
      - { provider: openai, model: gpt-4o }
      - { provider: groq, model: gpt-4o-prod, price: gpt-4o }
    fallback: [claude-sonnet]
    fallback_on: [rate_limited, overloaded, timeout, unreachable, upstream_error, context_length, content_filter]
    retry:   { attempts: 2, backoff: 200ms, max_backoff: 5s }
    timeouts: { total: 2m }
  claude-sonnet: { targets: [ { provider: openai, model: my-finetune } ] }

prices:
  my-finetune: { input: 3.00, cached_input: 1.50, cache_write_5m: 3.75, output: 12.00 }
pricing: { unpriced: refuse }
billing: { lost: none }
showback: { markup: 15%, teams: { search: { discount: 2.5% } } }

keys:
  search-dev:
    secret: env:SEARCH_DEV_KEY
    team: search
    user: alice
    feature: autocomplete
    tags: { env: dev }
    models: [gpt-4o, "claude-*"]
    may_set: [user, feature, tags]
    expires: 2027-01-01
    allow_from: [10.0.0.0/8]
    limits: [ { usd: 50, every: month } ]

limits:
  search-daily:
    match: { team: search, tags.env: [dev, "te*"] }
    each: [user]
    usd: 0.10
    every: day
    timezone: Europe/Berlin
    on_limit: reject
    alert_at: [80%, 100%]
  rolling: { usd: 20, rolling: 5h, each: [tags.env] }
telemetry: { access_log: stdout }
)yaml";

TEST(Config, LoadsTheExampleOfTheSettingsPage) {
  LoadedConfig all = loaded(surface_example);
  const Config& config = all.config;
  EXPECT_TRUE(all.warnings.empty()) << to_string(all.warnings.at(0));
  EXPECT_EQ(config.server.tls->cert, "c.pem");
  EXPECT_EQ(config.admin.tokens.find("finance")->role, AdminRole::auditor);
  EXPECT_EQ(config.providers.find("openai")->keys.find("main")->weight, 2);
  EXPECT_EQ(config.providers.find("openai")->retention.keeps, seconds(30 * 86'400));
  EXPECT_EQ(effective_base_url(*config.providers.find("groq")), "https://api.groq.com/openai/v1");
  EXPECT_EQ(config.routes.find("gpt-4o")->fallback_on.size(), 7u);
  EXPECT_EQ(config.routes.find("gpt-4o")->timeouts.total, seconds(120));
  EXPECT_EQ(config.prices.find("my-finetune")->input, usd(3));
  EXPECT_EQ(config.prices.find("my-finetune")->reasoning, std::nullopt);
  EXPECT_EQ(config.billing.lost, LostAnswer::none);
  EXPECT_EQ(config.showback.markup, percent(15));
  EXPECT_EQ(config.showback.teams.find("search")->discount, Percent{250});
  EXPECT_EQ(config.keys.find("search-dev")->key.models.size(), 2u);
  EXPECT_EQ(config.limits.find("search-daily")->usd, Money{100'000'000});
  EXPECT_EQ(config.limits.find("search-daily")->match.tags.find("env")->size(), 2u);
  EXPECT_EQ(config.limits.find("rolling")->rolling, seconds(5 * 3600));
  EXPECT_EQ(config.telemetry.access_log, AccessLogTo::stdout_);
}

TEST(Config, RunsOnDefaultsWithoutAFile) {
  auto result = default_config(options());
  ASSERT_TRUE(result);
  const Config& config = result->config;
  EXPECT_EQ(format_listen(config.server.listen.at(0)), "127.0.0.1:8080");
  EXPECT_EQ(format_listen(config.admin.listen.at(0)), "127.0.0.1:8081");
  EXPECT_EQ(config.server.max_body, mib(64));
  EXPECT_EQ(config.data, "./tollgate-data");
  EXPECT_EQ(config.ledger.durability, Durability::power);
  EXPECT_EQ(config.pricing.unpriced, Unpriced::refuse);
  EXPECT_EQ(RouteConfig{}.retry.attempts, 2);
  EXPECT_EQ(AttemptTimeouts{}.first_token, seconds(60));
  EXPECT_TRUE(config.providers.empty());
}

TEST(Config, DefaultsFallBackOnAllButContentFilter) {
  EXPECT_EQ(RouteConfig{}.fallback_on.size(), 6u);
  for (FallbackCause cause : RouteConfig{}.fallback_on) EXPECT_NE(cause, FallbackCause::content_filter);
}

TEST(Config, AcceptsAnExplicitlyEmptyMapButNoEmptyFile) {
  EXPECT_TRUE(load_config("{}", "t", options()));
  EXPECT_FALSE(load_config("", "t", options()));
}

TEST(Config, SaysWhenAFileCannotBeRead) {
  for (auto path : {"/nowhere/tollgate.yaml", "/"}) {
    auto result = load_config_file(path, options());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().at(0).severity, config::Severity::unreadable);
  }
}

TEST(Config, ReadsAFileFromDisk) {
  std::string path = testing::TempDir() + "tollgate_config_test.yaml";
  std::FILE* file = std::fopen(path.c_str(), "w");
  std::fputs("data: ./elsewhere\nroutes:\n  x: { }\n", file);
  std::fclose(file);
  auto result = load_config_file(path, options());
  std::remove(path.c_str());
  ASSERT_FALSE(result);
  EXPECT_EQ(to_string(result.error().at(0)), path + ":3:6: routes.x: `targets` is missing");
}

TEST(Config, AKeysOwnLimitMatchesThatKeyUnderANameThatStays) {
  Config config = loaded(surface_example).config;
  Named<LimitConfig> all = all_limits(config);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all.entries[2].name, "keys.search-dev.usd.month");
  EXPECT_EQ(all.entries[2].value.match.key, std::vector<std::string>{"search-dev"});
  EXPECT_EQ(all.entries[2].value.usd, usd(50));
}

TEST(Config, FindsTheRouteOfAName) {
  Config config;
  for (auto name : {"gpt-*", "gpt-4*", "gpt-4o", "o1"}) config.routes.add(name);
  EXPECT_EQ(find_route(config, "gpt-4o")->name, "gpt-4o");
  EXPECT_EQ(find_route(config, "gpt-4o-mini")->name, "gpt-4*");
  EXPECT_EQ(find_route(config, "gpt-3.5")->name, "gpt-*");
  EXPECT_EQ(find_route(config, "o1-mini"), nullptr);
}

TEST(Config, ReadsMoneyExactly) {
  Config config =
      loaded("limits: { a: { usd: 0.000000001, every: day }, b: { usd: \"12345678.123456789\", every: day } }").config;
  EXPECT_EQ(config.limits.find("a")->usd, Money{1});
  EXPECT_EQ(config.limits.find("b")->usd, Money{12'345'678'123'456'789});
}

TEST(Config, WarnsOfWhatWorksAndIsProbablyNotMeant) {
  LoadedConfig all = loaded(
      "server: { trusted_proxies: 0.0.0.0/0 }\n"
      "providers:\n"
      "  lonely: { type: compatible, base_url: http://10.1.2.3/v1, keys: { k: { secret: env:A } } }\n"
      "  odd: { type: openai, base_url: https://api.openai.com, keys: { k: { secret: env:B } } }\n"
      "routes: { r: { targets: { provider: odd, model: m } } }\n"
      "prices: { unused: { input: 1, output: 2 } }\n"
      "keys: { k: { secret: env:K, team: search } }\n"
      "limits: { l: { match: { team: serach }, usd: 1, every: day } }\n");
  std::string text;
  for (const auto& warning : all.warnings) text += to_string(warning) + "\n";
  EXPECT_EQ(
      text,
      "t.yaml:1:28: warning: server.trusted_proxies[0]: every client may now claim any address\n"
      "t.yaml:3:3: warning: providers.lonely: no route asks this provider\n"
      "t.yaml:3:41: warning: providers.lonely.base_url: the provider's key travels unencrypted to another machine\n"
      "t.yaml:4:34: warning: providers.odd.base_url: `api.openai.com` is usually reached under another path; did you "
      "mean "
      "`https://api.openai.com/v1`?\n"
      "t.yaml:6:11: warning: prices.unused: no target has this price\n"
      "t.yaml:8:31: warning: limits.l.match.team[0]: no key of this file has `serach`; did you mean `search`?\n");
}

TEST(Config, WarnsOfAKeyThatHasEnded) {
  ConfigOptions later = options();
  later.now.emplace();
  ASSERT_TRUE(parse_rfc3339("2027-01-01", *later.now));
  auto result = load_config("keys: { k: { secret: env:K, expires: 2027-01-01 } }", "t", later);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->warnings.at(0).what, "this key has ended");
}

TEST(Config, AsksForAdminTokenOnlyWhereOthersCanReachThePort) {
  EXPECT_TRUE(load_config("admin: { listen: \"[::1]:9000\" }", "t", options()));
  EXPECT_TRUE(load_config("admin: { listen: 0.0.0.0:9000, token: env:ADMIN }", "t", options()));
  EXPECT_FALSE(load_config("admin: { listen: 0.0.0.0:9000 }", "t", options()));
}

TEST(Config, ALongFileWithManyKeysLoads) {
  std::string text = "keys:\n";
  for (int i = 0; i < 5000; ++i) text += "  key" + std::to_string(i) + ": { secret: env:K" + std::to_string(i) + " }\n";
  EXPECT_EQ(loaded(text).config.keys.size(), 5000u);
}

}  // namespace
}  // namespace tollgate
