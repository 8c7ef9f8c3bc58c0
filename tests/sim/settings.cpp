#include "sim/settings.h"

#include <fmt/format.h>

#include <stdexcept>

namespace tollgate::sim {
namespace {

constexpr std::string_view fixed = R"yaml(
server: { listen: [127.0.0.1:8080], threads: 1, max_body: 256KiB, head_timeout: 5s, body_timeout: 5s,
          write_timeout: 10s, idle_timeout: 20s }
providers:
  alpha:
    type: compatible
    base_url: http://alpha.sim/v1
    keys: { one: { secret: env:ALPHA_ONE }, two: { secret: env:ALPHA_TWO } }
    timeouts: { connect: 1s, first_token: 4s, idle: 3s, total: 60s }
  beta:
    type: compatible
    base_url: http://beta.sim/v1
    keys: { only: { secret: env:BETA } }
    timeouts: { connect: 1s, first_token: 4s, idle: 3s, total: 60s }
  gamma:
    type: compatible
    base_url: http://gamma.sim/v1
    timeouts: { connect: 1s, first_token: 3s, idle: 3s, total: 60s }
routes:
  main:
    targets: [ { provider: alpha, model: big, price: big }, { provider: beta, model: big-b, price: big-b } ]
    fallback: [spare]
    retry: { attempts: 2, backoff: 100ms, max_backoff: 1s }
    timeouts: { total: 20s }
  spare:
    targets: [ { provider: gamma, model: small, price: small } ]
    retry: { attempts: 2, backoff: 50ms, max_backoff: 500ms }
    timeouts: { total: 20s }
  vectors:
    targets: [ { provider: beta, model: vectors, price: vectors } ]
    retry: { attempts: 2, backoff: 100ms, max_backoff: 1s }
    timeouts: { total: 20s }
)yaml";

std::string usd_of(std::int64_t nano) { return format_usd({nano}); }

// Budgets from "a few calls" to "never reached".
std::string draw_budget(Random& random) {
  constexpr std::int64_t budgets[] = {2'000'000, 12'000'000, 60'000'000, 50'000'000'000};
  return usd_of(budgets[random.below(std::size(budgets))]);
}

std::string draw_keys(Random& random) {
  std::string text = "keys:\n";
  for (int i = 0; i < key_count; ++i) {
    text += fmt::format("  {}: {{ secret: env:KEY_{}, team: team{}, user: user{}, may_set: [user, tags]", key_name(i),
                        i, i % 2, i % 3);
    if (i % 2 == 0) text += fmt::format(", limits: [ {{ usd: {}, every: day }} ]", draw_budget(random));
    text += " }\n";
  }
  return text;
}

std::string draw_limits(Random& random) {
  std::string team = draw_budget(random), hours = draw_budget(random), minute = draw_budget(random);
  return fmt::format(
      "limits:\n"
      "  team-day: {{ match: {{ team: [team0] }}, usd: {}, every: day }}\n"
      "  user-hours: {{ each: [user], usd: {}, rolling: 5h }}\n"
      "  user-minute: {{ match: {{ team: [team1] }}, each: [user, model], usd: {}, every: minute }}\n",
      team, hours, minute);
}

std::string prices() {
  std::string text = "prices:\n";
  for (const HandPrice& price : hand_prices)
    text += fmt::format("  {}: {{ input: {}, cached_input: {}, output: {} }}\n", price.model, usd_of(price.input),
                        usd_of(price.cached), usd_of(price.output));
  return text;
}

config::SecretSources sources() {
  config::SecretSources sources;
  sources.env = [](std::string_view name) -> std::optional<std::string> {
    if (name.starts_with("KEY_")) return key_secret(name.back() - '0');
    if (name == "TOLLGATE_ADMIN_TOKEN") return std::nullopt;
    return "upstream-secret-of-" + std::string(name);
  };
  return sources;
}

}  // namespace

std::string key_name(int key) { return fmt::format("key{}", key); }
std::string key_secret(int key) { return fmt::format("simulated-secret-long-enough-{}", key); }

const HandPrice* find_price(std::string_view model) {
  for (const HandPrice& price : hand_prices)
    if (price.model == model) return &price;
  return nullptr;
}

Money cost_by_hand(const HandPrice& price, const Usage& usage) {
  std::int64_t millionths = usage.input.count * price.input + usage.cache_read.count * price.cached +
                            (usage.output.count + usage.reasoning.count) * price.output;
  return {(millionths + 500'000) / 1'000'000};
}

Settings draw_settings(Random& random) {
  Settings settings;
  settings.yaml = std::string(fixed) + prices();
  settings.yaml += fmt::format("ledger: {{ durability: {} }}\n", random.below(4) == 0 ? "process" : "power");
  settings.yaml += fmt::format("billing: {{ lost: {} }}\n", random.below(3) == 0 ? "none" : "input");
  settings.yaml += draw_keys(random) + draw_limits(random);
  settings.secrets = sources();
  ConfigOptions options;
  options.secrets = settings.secrets;
  auto loaded = load_config(settings.yaml, "sim.yaml", options);
  if (!loaded) throw std::runtime_error(to_string(loaded.error().front()));
  settings.config = std::move(loaded->config);
  return settings;
}

}  // namespace tollgate::sim
