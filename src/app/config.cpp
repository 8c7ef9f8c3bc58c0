#include "app/config.h"

#include <fmt/format.h>

#include "app/config_check.h"
#include "base/text.h"
#include "config/load.h"
#include "config/yaml.h"
#include "crypto/hash.h"

namespace tollgate {
namespace {

config::LoadOptions load_options(const ConfigOptions& options) {
  return {.allow_plain_secrets = options.allow_plain_secrets,
          .secret_fault = [&options](const SecretRef& ref) -> std::optional<std::string> {
            auto secret = config::resolve(ref, options.secrets);
            return secret ? std::nullopt : std::optional(secret.error());
          }};
}

ConfigResult load_tree(const config::Node& root, const ConfigOptions& options, config::Faults& faults) {
  LoadedConfig loaded;
  config::load(root, loaded.config, load_options(options), faults);
  // Checks between settings would stumble over what is already reported.
  if (!faults.any_error()) check_config(loaded.config, root, options, faults);
  bool failed = faults.any_error();
  auto found = faults.take();
  if (failed) return std::unexpected(std::move(found));
  loaded.warnings = std::move(found);
  return loaded;
}

std::string window_name(const LimitConfig& limit) {
  if (limit.rolling) return format_duration(*limit.rolling);
  return limit.every ? std::string(to_string(*limit.every)) : "none";
}

}  // namespace

void describe(Fields& fields, KeyEntry& entry) {
  describe(fields, entry.key);
  fields.add("limits", entry.limits, "Limits of this key alone.")
      .at_most(16)
      .known_as({"budget_limits", "max_budget", "budget"});
}

void describe(Fields& fields, Config& config) {
  fields.add("server", config.server, "The model port: where callers ask.");
  fields.add("admin", config.admin, "The admin port: dashboard, admin API, metrics.");
  fields.later("identity", "Callers by signed tokens (JWT).");
  fields.add("data", config.data, "Folder of journal, ledger, keys, vault and audit log.")
      .max_length(1024)
      .known_as({"data_dir", "database", "path"});
  fields.add("ledger", config.ledger, "The record of every call.");
  fields.add("audit", config.audit, "The tamper-evident record of every call, refusal and change; `off`: none is kept.").empty("off");
  fields.add("store", config.store, "Where state lives; a store for many gateways comes later.");
  fields.add("providers", config.providers, "Who answers.")
      .entry("openai")
      .at_most(1000)
      .known_as({"upstreams", "backends"});
  fields.add("routes", config.routes, "What a model name stands for; a trailing `*` matches any ending.")
      .names(NameRule::pattern)
      .entry("gpt-4o")
      .at_most(10'000)
      .known_as({"model_list", "models", "aliases"});
  fields.add("prices", config.prices, "Prices over the catalogue that ships, by name; USD per million tokens.")
      .names(NameRule::visible)
      .entry("gpt-4o")
      .at_most(10'000)
      .known_as({"model_info", "costs"});
  fields.add("pricing", config.pricing, "What is paid of prices, and what an unknown one means.");
  fields.add("billing", config.billing, "What tenants pay when something went wrong.");
  fields.add("showback", config.showback, "What reports with `charged` ask for what calls cost.");
  fields.add("keys", config.keys, "Virtual keys: who may ask.")
      .entry("search-dev")
      .at_most(100'000)
      .known_as({"virtual_keys", "tokens"});
  fields.add("limits", config.limits, "Rates, quotas and budgets.")
      .entry("search-monthly")
      .at_most(10'000)
      .known_as({"budgets", "rate_limits", "quotas"});
  fields.add("responses", config.responses, "Stored responses of OpenAI's Responses.");
  fields.add("tokenizers", config.tokenizers, "Tokenizers of models whose texts are else estimated, from files.")
      .entry("llama3")
      .at_most(100)
      .known_as({"tokenizer", "custom_tokenizer"});
  fields.add("telemetry", config.telemetry, "What goes out about the gateway itself.");
  fields.later("cache", "Remembered answers.");
  fields.later("privacy", "Detection and masking of personal data.");
  fields.later("guardrails", "Checks before, during and after a call.");
  fields.later("apis", "Plain HTTP services beside the models.");
  fields.later("alerts", "Webhooks for what should wake somebody.");
}

ConfigResult load_config(std::string_view text, const std::string& file, const ConfigOptions& options) {
  config::Faults faults(file);
  auto root = config::parse_yaml(text, faults);
  if (!root) return std::unexpected(faults.take());
  auto loaded = load_tree(*root, options, faults);
  if (loaded) loaded->config.digest = hex(crypto::bytes_of(crypto::sha256(text)));
  return loaded;
}

ConfigResult load_config_file(const std::string& path, const ConfigOptions& options) {
  if (auto text = config::read_file(path, config::max_file_bytes)) return load_config(*text, path, options);
  config::Faults faults(path);
  faults.unreadable(
      fmt::format("cannot be read: it is missing, no file, or larger than {} MiB", config::max_file_bytes >> 20));
  return std::unexpected(faults.take());
}

ConfigResult default_config(const ConfigOptions& options) {
  config::Faults faults("(defaults)");
  config::Node root;
  root.kind = config::Node::Kind::map;
  LoadedConfig loaded;
  check_config(loaded.config, root, options, faults);
  bool failed = faults.any_error();
  auto found = faults.take();
  if (failed) return std::unexpected(std::move(found));
  loaded.warnings = std::move(found);
  return loaded;
}

std::string own_limit_name(std::string_view key, const LimitConfig& limit) {
  auto amounts = amounts_of(limit);
  std::string_view measure = amounts.empty() ? std::string_view("usd") : to_string(amounts.front().first);
  return fmt::format("keys.{}.{}.{}", key, measure, window_name(limit));
}

Named<LimitConfig> all_limits(const Config& config) {
  Named<LimitConfig> all = config.limits;
  for (const auto& [name, entry] : config.keys)
    for (const LimitConfig& limit : entry.limits) {
      LimitConfig& own = all.add(own_limit_name(name, limit));
      own = limit;
      own.match.key = {name};
    }
  return all;
}

const Named<RouteConfig>::Entry* find_route(const Config& config, std::string_view model) {
  const Named<RouteConfig>::Entry* best = nullptr;
  for (const auto& route : config.routes) {
    if (route.name == model) return &route;
    bool is_pattern = route.name.ends_with('*');
    if (is_pattern && matches(route.name, model) && (best == nullptr || route.name.size() > best->name.size()))
      best = &route;
  }
  return best;
}

}  // namespace tollgate
