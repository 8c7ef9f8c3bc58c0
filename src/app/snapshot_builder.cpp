#include "app/snapshot_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/prices.h"
#include "app/setting_objects.h"
#include "base/text.h"
#include "base/url.h"
#include "dialects/all.h"
#include "net/tls_client.h"
#include "providers/token_grant.h"
#include "providers/types.h"
#include "tokens/encoding.h"
#include "tokens/families.h"

namespace tollgate {
namespace {

constexpr std::size_t digest_digits = 16;  // of a configuration, in an event of the audit log

std::unexpected<Error> cannot_build(std::string what) { return fail(Fault::invalid_request, std::move(what)); }

VirtualKey virtual_key_of(const std::string& name, const KeyConfig& config) {
  VirtualKey key;
  key.name = name;
  key.attribution = {config.team, config.user, config.feature, {}};
  for (const auto& tag : config.tags) key.attribution.tags.emplace_back(tag.name, tag.value);
  std::sort(key.attribution.tags.begin(), key.attribution.tags.end());
  key.models = config.models;
  for (MaySay may : config.may_set) {
    key.may_set.user |= may == MaySay::user;
    key.may_set.feature |= may == MaySay::feature;
    key.may_set.tags |= may == MaySay::tags;
  }
  key.expires = config.expires;
  key.allow_from = config.allow_from;
  return key;
}

std::vector<MatchRule> rules_of(const MatchConfig& match) {
  std::vector<MatchRule> rules;
  auto add = [&](Attribute attribute, const std::vector<std::string>& values, const std::string& tag = {}) {
    if (!values.empty()) rules.push_back({{attribute, tag}, values});
  };
  add(Attribute::key, match.key);
  add(Attribute::team, match.team);
  add(Attribute::user, match.user);
  add(Attribute::feature, match.feature);
  add(Attribute::model, match.model);
  add(Attribute::provider, match.provider);
  for (const auto& tag : match.tags) add(Attribute::tag, tag.value, tag.name);
  return rules;
}

Result<Window> window_of(const LimitConfig& limit) {
  if (limit.concurrent) return Window::ever();
  if (limit.rolling) return Window::rolling(*limit.rolling);
  TG_TRY(zone, Zone::load(limit.timezone));
  return Window::calendar(*limit.every, std::move(zone));
}

Otherwise otherwise_of(const LimitConfig& limit) {
  constexpr Duration usual_wait = seconds(5);
  if (limit.on_limit == OnLimit::queue) return {.wait = limit.wait.value_or(usual_wait)};
  return {.route = limit.on_limit == OnLimit::downgrade ? limit.to : std::string()};
}

Result<LimitSpec> spec_of(const std::string& name, const LimitConfig& limit) {
  TG_TRY(window, window_of(limit));
  LimitSpec spec{.name = name,
                 .match = rules_of(limit.match),
                 .each = {},
                 .measure = amounts_of(limit).at(0).first,
                 .amount = amounts_of(limit).at(0).second,
                 .window = std::move(window),
                 .enforce = limit.on_limit == OnLimit::alert ? Enforce::count_only : Enforce::refuse,
                 .otherwise = otherwise_of(limit),
                 .clamp = limit.clamp,
                 .alert_at = limit.alert_at};
  if (limit.on_limit == OnLimit::alert && spec.alert_at.empty()) spec.alert_at.push_back(percent(100));
  std::ranges::sort(spec.alert_at, {}, &Percent::basis_points);
  for (const auto& each : limit.each)
    if (auto attribute = parse_attribute(each)) spec.each.push_back(std::move(*attribute));
  return spec;
}

Origin origin_of(const Url& url, const ProviderConfig& provider) {
  auto proxy = parse_url(provider.proxy);
  return {.host = url.host,
          .port = url.port,
          .tls = url.tls,
          .tls_name = {},
          .ca_file = provider.tls.ca,
          .cert_file = provider.tls.cert,
          .key_file = provider.tls.key,
          .proxy_host = proxy ? proxy->host : std::string(),
          .proxy_port = proxy ? proxy->port : std::uint16_t{0}};
}

openai_chat::UsageQuirks quirks_of(std::string_view type) { return {.reasoning_outside_completion = type == "xai", .hidden_reasoning_in_total = false, .cached_beyond_prompt = type == "xai"}; }

// Null where the credential is shown as it is.
Result<std::shared_ptr<const TokenGrant>> grant_of(const ProviderConfig& provider, const ProviderType& type, const ProviderKey& key) {
  Result<TokenGrant> grant;
  if (type.proof == Proof::google)
    grant = google_grant(key.secret.reveal(), provider.token_url);
  else if (type.proof == Proof::api_key && !key.tenant.empty())
    grant = entra_grant(key.tenant, key.account, key.secret, provider.token_url);
  else if (std::ranges::all_of(key.secret.reveal(), [](char c) { return c > ' ' && c <= '~'; }))
    return std::shared_ptr<const TokenGrant>();
  else
    return cannot_build(fmt::format("the key `{}` holds blanks or characters that no header can carry", key.name));
  if (!grant) return cannot_build(fmt::format("the key `{}`: {}", key.name, grant.error().detail));
  return std::make_shared<const TokenGrant>(std::move(*grant));
}

Hosting hosting_of(const ProviderConfig& provider, std::string_view model) {
  if (provider.type == "azure" && !provider.api_version.empty()) return Hosting::azure_deployment;
  bool anthropic = provider.type == "vertex" && model.starts_with("claude");
  return anthropic ? Hosting::vertex_anthropic : Hosting::own;
}

std::vector<const Dialect*> spoken_by(const ProviderType& type, Hosting hosting) {
  if (hosting == Hosting::vertex_anthropic) return {find_dialect("anthropic_messages")};
  std::vector<const Dialect*> spoken{find_dialect(type.dialect)};
  if (const Dialect* too = find_dialect(type.speaks_too)) spoken.push_back(too);
  return spoken;
}

TargetWays ways_of(const ProviderType& type, Hosting hosting, const Model* model) {
  constexpr std::int64_t usual_max_output = 4096;
  auto bound = model == nullptr ? std::optional<Tokens>() : model->output_bound();
  return {.model = {},
          .family = hosting == Hosting::vertex_anthropic ? std::string_view("anthropic") : type.family,
          .default_max_output = bound ? bound->count : usual_max_output,
          .ask_usage = type.sends_usage_option,
          .legacy_max_tokens = type.legacy_max_tokens,
          .system_only = type.system_only};
}

}  // namespace

Result<Secret> SnapshotBuilder::secret(const SecretRef& ref, std::string_view what) const {
  auto resolved = config::resolve(ref, sources_.secrets);
  if (!resolved) return cannot_build(fmt::format("{}: {}", what, resolved.error()));
  if (!*resolved) return cannot_build(fmt::format("{}: the vault cannot be asked", what));
  return std::move(**resolved);
}

std::size_t SnapshotBuilder::id_of(const Origin& origin) {
  auto found = std::find(origins_.begin(), origins_.end(), origin);
  if (found == origins_.end()) found = origins_.insert(origins_.end(), origin);
  return static_cast<std::size_t>(found - origins_.begin());
}

Result<std::shared_ptr<const KeyTable>> SnapshotBuilder::build_keys(const Config& config) const {
  KeyTableBuilder builder(sources_.pepper);
  for (const auto& entry : config.keys) {
    TG_TRY(value, secret(entry.value.key.secret, fmt::format("keys.{}.secret", entry.name)));
    TG_TRY_VOID(builder.add(virtual_key_of(entry.name, entry.value.key), value.reveal()));
  }
  TG_TRY_VOID(add_stored_keys(sources_.stored_keys.list(), builder));
  TG_TRY(table, std::move(builder).build());
  return std::make_shared<const KeyTable>(std::move(table));
}

Result<std::shared_ptr<const Policy>> SnapshotBuilder::build_limits(const Config& config) {
  std::vector<LimitSpec> specs;
  for (const auto& entry : all_limits(config)) {
    TG_TRY(spec, spec_of(entry.name, entry.value));
    specs.push_back(std::move(spec));
  }
  for (const StoredKey& key : sources_.stored_keys.list()) {
    for (const StoredLimit& stored : key.settings.limits) {
      auto limit = limit_of(key.name, stored);
      if (!limit) return cannot_build(fmt::format("the key `{}` has a limit that this version does not know", key.name));
      TG_TRY(spec, spec_of(own_limit_name(key.name, *limit), *limit));
      specs.push_back(std::move(spec));
    }
  }
  for (const LimitRow& row : sources_.stored_limits.list()) {
    if (config.limits.find(row.name) != nullptr)
      return cannot_build(fmt::format("limits.{}: a limit of this name was made over the admin API; delete one of the two", row.name));
    TG_TRY(limit, limit_of(row.settings));
    TG_TRY(spec, spec_of(row.name, limit));
    specs.push_back(std::move(spec));
  }
  TG_TRY(policy, Policy::compile(std::move(specs), sources_.counters));
  return std::make_shared<const Policy>(std::move(policy));
}

Result<std::vector<Upstream>> SnapshotBuilder::build_upstreams(const Config& config) {
  std::vector<Upstream> upstreams;
  for (const auto& entry : config.providers) {
    auto url = parse_url(effective_base_url(entry.value));
    if (!url) return cannot_build(fmt::format("providers.{}.base_url {}", entry.name, url.error()));
    Upstream upstream{.name = entry.name,
                      .origin = origin_of(*url, entry.value),
                      .authority = url->default_port() ? Url{url->tls, url->host, url->port, ""}.authority() : url->authority(),
                      .root_path = url->path,
                      .base_path = url->path + std::string(find_provider_type(entry.value.type)->api_path),
                      .headers = {},
                      .proof = find_provider_type(entry.value.type)->proof,
                      .region = entry.value.region};
    upstream.origin_id = id_of(upstream.origin);
    if (upstream.origin.tls) {
      TlsClients trial;
      if (auto usable = trial.prepare(upstream.origin); !usable)
        return cannot_build(fmt::format("providers.{}.tls: {}", entry.name, usable.error().detail));
    }
    for (const auto& header : entry.value.headers) upstream.headers.emplace_back(header.name, header.value);
    upstreams.push_back(std::move(upstream));
  }
  return upstreams;
}

namespace {

bool has_limits(const Config& config) {
  return config.limits.begin() != config.limits.end() ||
         std::any_of(config.keys.begin(), config.keys.end(), [](const auto& key) { return !key.value.limits.empty(); });
}

}  // namespace

Result<void> SnapshotBuilder::add_target(const Config& config, const std::vector<Upstream>& upstreams,
                                         const TargetConfig& wanted, Route& route, Snapshot& snapshot) const {
  const ProviderConfig& provider = *config.providers.find(wanted.provider);
  const ProviderType* type = find_provider_type(provider.type);
  Target& target = snapshot.routes.add_target();
  target.provider = wanted.provider;
  target.type = provider.type;
  target.model = wanted.model;
  target.region = provider.region;
  target.weight = wanted.weight;
  target.capable = wanted.tier == ModelTier::capable;
  target.max_in_flight = wanted.max_in_flight.value_or(0);
  target.adaptive = wanted.adaptive;
  // An encoding's tables take some time to make: not while calls wait.
  if (has_limits(config)) static_cast<void>(Encoding::of(encoding_of(wanted.model).value_or(EncodingId::o200k_base)));
  target.health = sources_.health.target(wanted.provider, wanted.model);
  target.timeouts = {provider.timeouts.connect, provider.timeouts.first_token, provider.timeouts.idle,
                     provider.timeouts.total};
  for (const Upstream& upstream : upstreams)
    if (upstream.name == wanted.provider) target.upstream = &upstream;
  for (const auto& key : provider.keys) {
    TG_TRY(value, secret(key.value.secret, fmt::format("providers.{}.keys.{}", wanted.provider, key.name)));
    ProviderKey made{.name = key.name,
                     .secret = std::move(value),
                     .weight = key.value.weight,
                     .account = key.value.access_key_id.empty() ? key.value.client_id : key.value.access_key_id,
                     .tenant = key.value.tenant};
    if (key.value.session_token) {
      TG_TRY(session, secret(*key.value.session_token, fmt::format("providers.{}.keys.{}.session_token", wanted.provider, key.name)));
      made.session_token = std::move(session);
    }
    made.for_model = sources_.health.key(wanted.provider, wanted.model, key.name);
    made.credential = sources_.health.credential(wanted.provider, key.name, std::hash<std::string_view>()(made.secret.reveal()));
    TG_TRY(grant, grant_of(provider, *type, made));
    made.grant = std::move(grant);
    target.keys.push_back(std::move(made));
  }
  const Model* priced = wanted.price.empty() ? snapshot.catalogue->find(type->catalogue, wanted.model)
                                             : snapshot.catalogue->find_named(wanted.price);
  if (priced != nullptr && priced->context) target.context = priced->context->count;
  Hosting hosting = hosting_of(provider, wanted.model);
  snapshot.facts.push_back({.priced = priced,
                            .catalogue = type->catalogue,
                            .spoken = spoken_by(*type, hosting),
                            .ways = ways_of(*type, hosting, priced),
                            .quirks = quirks_of(provider.type),
                            .hosting = hosting,
                            .api_version = provider.api_version,
                            .calibration = encoding_of(wanted.model) ? nullptr : std::make_shared<Calibration>(),
                            .tokenizer = snapshot.tokenizers == nullptr ? nullptr : snapshot.tokenizers->find(wanted.model),
                            .host_prompt = type->host_prompt,
                            .overrun = std::make_shared<Overrun>(),
                            .batch_percent = type->batch_percent,
                            .terms = terms_for(config.pricing, wanted.provider, provider.region),
                            .forward_headers = provider.forward_headers});
  CallTraits lacks;
  for (CallTrait trait : wanted.lacks) lacks.add(trait);
  if (lacks.any()) route.lacks.push_back({&target, lacks});
  route.targets.push_back(&target);
  return {};
}

Result<std::shared_ptr<const Snapshot>> SnapshotBuilder::build(const Config& config) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->version = ++version_;
  snapshot->config_digest = config.digest.substr(0, digest_digits);
  TG_TRY(keys, build_keys(config));
  TG_TRY(catalogue, catalogue_of(config));
  TG_TRY(limits, build_limits(config));
  TG_TRY(upstreams, build_upstreams(config));
  TG_TRY(tokenizers, tokenizers_.load(config.tokenizers));
  snapshot->tokenizers = std::move(tokenizers);
  snapshot->keys = std::move(keys);
  snapshot->catalogue = std::move(catalogue);
  snapshot->limits = std::move(limits);
  auto owned = std::make_shared<const std::vector<Upstream>>(std::move(upstreams));
  TG_TRY_VOID(add_routes(config, *owned, *snapshot));
  snapshot->upstreams = owned;
  snapshot->unpriced = config.pricing.unpriced;
  snapshot->lost = config.billing.lost;
  snapshot->trusted_proxies = config.server.trusted_proxies;
  snapshot->max_body = static_cast<std::size_t>(config.server.max_body.count);
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

}  // namespace tollgate
