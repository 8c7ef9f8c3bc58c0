#include <fmt/format.h>

#include <algorithm>

#include "app/config_check.h"
#include "base/address.h"
#include "base/text.h"
#include "base/url.h"
#include "providers/types.h"

namespace tollgate {
namespace {

bool on_this_machine(const Url& url) {
  auto ip = parse_ip(url.host);
  return url.host == "localhost" || url.host.ends_with(".localhost") || (ip && ip->is_loopback());
}

// `…/v1/chat/completions` is where a call goes, not where the provider is.
void check_endpoint(const Checking& checking, const config::Path& at, const Url& url) {
  for (std::string_view endpoint :
       {"/chat/completions", "/completions", "/embeddings", "/responses", "/models", "/messages"}) {
    if (!url.path.ends_with(endpoint)) continue;
    Url base = url;
    base.path.resize(base.path.size() - endpoint.size());
    return checking.error(at, fmt::format("this is the address of one endpoint (`{}`), not of the provider", endpoint),
                          base.text());
  }
}

void check_written_url(const Checking& checking, const config::Path& at, const Url& url, const ProviderConfig& provider,
                       const ProviderType& type) {
  check_endpoint(checking, at, url);
  auto usual = parse_url(type.default_base_url);
  if (usual && usual->host == url.host && usual->path != url.path)
    checking.warn(at, fmt::format("`{}` is usually reached under another path", url.host), usual->text());
  if (!url.tls && !provider.keys.empty() && !on_this_machine(url))
    checking.warn(at, "the provider's key travels unencrypted to another machine");
}

void check_url(const Checking& checking, const config::Path& at, const ProviderConfig& provider,
               const ProviderType& type) {
  std::string_view text = effective_base_url(provider);
  if (text.empty())
    return checking.error(at, fmt::format("base_url is missing: `{}` has no address of its own", provider.type));
  auto url = parse_url(text);
  if (!url) return checking.error(at / "base_url", fmt::format("this URL {}", url.error()));
  if (!provider.base_url.empty()) check_written_url(checking, at / "base_url", *url, provider, type);
  if (!url->tls && checking.written(at / "tls"))
    checking.error(at / "tls", "this can never act: the address is not https");
}

void check_proxy(const Checking& checking, const config::Path& at, const std::string& proxy) {
  if (proxy.empty()) return;
  auto url = parse_url(proxy);
  if (!url) return checking.error(at, fmt::format("this URL {}", url.error()));
  if (url->tls) return checking.error(at, "a proxy is asked over http://; what goes through it is the provider's own TLS");
  if (!url->path.empty()) checking.error(at, "a proxy's address has no path");
}

void check_credentials(const Checking& checking, const config::Path& at, const ProviderConfig& provider,
                       const ProviderType& type) {
  if (provider.keys.empty() && type.needs_key && provider.base_url.empty())
    checking.error(at, fmt::format("`{}` answers nobody without a key: write `keys:`", provider.type));
  for (std::size_t i = 0; i < provider.keys.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const auto &one = provider.keys.entries[i], &other = provider.keys.entries[j];
      if (one.value.secret == other.value.secret)
        checking.error(at / "keys" / one.name, fmt::format("this is the secret of {} too", config::shown(other.name)));
    }
}

// What belongs to one cloud's credentials and to no other's.
void check_cloud(const Checking& checking, const config::Path& at, const ProviderConfig& provider, const ProviderType& type) {
  if (type.proof == Proof::aws && provider.region.empty())
    checking.error(at, "region is missing: AWS's signatures name it");
  if (!provider.token_url.empty() && !parse_url(provider.token_url))
    checking.error(at / "token_url", fmt::format("this URL {}", parse_url(provider.token_url).error()));
  if (provider.type != "azure" && !provider.api_version.empty())
    checking.error(at / "api_version", fmt::format("`{}` knows no api_version", provider.type));
  for (const auto& [name, key] : provider.keys) {
    config::Path place = at / "keys" / name;
    if (type.proof == Proof::aws && key.access_key_id.empty())
      checking.error(place, "access_key_id is missing: `secret` is its secret key");
    if (type.proof != Proof::aws && (!key.access_key_id.empty() || key.session_token))
      checking.error(place, fmt::format("`{}` knows no access_key_id and no session_token", provider.type));
    if (type.proof != Proof::api_key && (!key.tenant.empty() || !key.client_id.empty()))
      checking.error(place, fmt::format("`{}` knows no tenant and no client_id", provider.type));
    if (key.tenant.empty() != key.client_id.empty())
      checking.error(place, "tenant and client_id go together");
  }
}

void check_attempt_timeouts(const Checking& checking, const config::Path& at, const AttemptTimeouts& timeouts) {
  auto within_total = [&](const char* name, Duration duration) {
    if (duration > timeouts.total)
      checking.error(
          checking.written(at / name) ? at / name : at / "total",
          fmt::format("{} can never act: it is longer than total ({})", name, format_duration(timeouts.total)));
  };
  // A short total alone is meant; what is written beside it and is longer is not.
  for (auto [name, duration] :
       {std::pair{"connect", timeouts.connect}, {"first_token", timeouts.first_token}, {"idle", timeouts.idle}})
    if (checking.written(at / name)) within_total(name, duration);
}

void check_tls(const Checking& checking, const config::Path& at, const ProviderTlsConfig& tls) {
  if (tls.cert.empty() != tls.key.empty()) checking.error(at, "cert and key belong together: one of them is missing");
  checking.readable(at / "ca", tls.ca);
  checking.readable(at / "cert", tls.cert);
  checking.readable(at / "key", tls.key);
}

bool field_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    char low = to_lower(c);
    return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// Fields that the gateway itself writes, or that must never pass from caller to provider.
bool our_own_field(std::string_view name) {
  for (std::string_view own : {"authorization", "x-api-key", "x-goog-api-key", "api-key", "cookie", "host",
                               "connection", "content-length", "content-type", "transfer-encoding", "te", "trailer",
                               "upgrade", "proxy-authorization", "keep-alive", "expect", "accept-encoding"})
    if (iequals(name, own)) return true;
  return lower(name).starts_with("x-tollgate-");
}

void check_header(const Checking& checking, const config::Path& at, std::string_view name) {
  if (!field_name(name))
    checking.error(at, fmt::format("{} is no name of a header field", config::shown(name)));
  else if (our_own_field(name))
    checking.error(at, fmt::format("{} is written by the gateway and cannot be set here", config::shown(name)));
}

void check_use(const Checking& checking, const config::Path& at, const std::string& name) {
  if (checking.config.server.open_routes) return;
  for (const auto& route : checking.config.routes)
    for (const TargetConfig& target : route.value.targets)
      if (target.provider == name) return;
  checking.warn(at, "no route asks this provider");
}

}  // namespace

void check_providers(const Checking& checking) {
  for (const auto& [name, provider] : checking.config.providers) {
    config::Path at{"providers", name};
    const ProviderType& type = *find_provider_type(provider.type);
    check_url(checking, at, provider, type);
    check_credentials(checking, at, provider, type);
    check_cloud(checking, at, provider, type);
    check_attempt_timeouts(checking, at / "timeouts", provider.timeouts);
    check_tls(checking, at / "tls", provider.tls);
    check_proxy(checking, at / "proxy", provider.proxy);
    for (const auto& header : provider.headers) check_header(checking, at / "headers" / header.name, header.name);
    for (std::size_t i = 0; i < provider.forward_headers.size(); ++i)
      check_header(checking, at / "forward_headers" / i, provider.forward_headers[i]);
    check_use(checking, at, name);
  }
}

}  // namespace tollgate
