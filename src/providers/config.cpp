#include "providers/config.h"

#include "providers/types.h"

namespace tollgate {
namespace {

std::vector<std::string_view> type_names() {
  std::vector<std::string_view> names;
  for (const ProviderType& type : provider_types()) names.push_back(type.name);
  return names;
}

}  // namespace

bool Scalar<Retention>::read(std::string_view text, Retention& out) {
  out.keeps = text == "none" ? Duration::zero() : parse_duration(text);
  return out.keeps.has_value();
}

std::string Scalar<Retention>::write(const Retention& value) {
  if (!value.keeps) return {};
  return *value.keeps == Duration::zero() ? "none" : format_duration(*value.keeps);
}

void describe(Fields& fields, CredentialConfig& credential) {
  fields.add("secret", credential.secret, "The provider's API key.")
      .required()
      .example("env:OPENAI_API_KEY")
      .known_as({"api_key", "key", "token", "value"});
  fields.add("weight", credential.weight, "Its share of the calls among this provider's keys.").range(1, 1'000'000);
  fields.add("access_key_id", credential.access_key_id, "Bedrock: the access key whose secret key `secret` is.")
      .max_length(128)
      .example("AKIAEXAMPLE")
      .alternative();
  fields.add("session_token", credential.session_token, "Bedrock: of temporary credentials.")
      .example("env:AWS_SESSION_TOKEN")
      .alternative();
  fields.add("tenant", credential.tenant, "Azure with Entra: the tenant; `secret` is then the client's secret.")
      .max_length(128)
      .example("my-tenant")
      .alternative();
  fields.add("client_id", credential.client_id, "Azure with Entra: the client.").max_length(128).example("my-client")
      .alternative();
}

void describe(Fields& fields, AttemptTimeouts& timeouts) {
  constexpr Duration least = milliseconds(10), most = seconds(86'400);
  fields.add("connect", timeouts.connect, "Until the connection stands, TLS included.").range(least, seconds(300));
  fields
      .add("first_token", timeouts.first_token,
           "Until the first content; for plain calls until the first byte of the answer's body.")
      .range(least, most)
      .known_as({"first_byte", "request_timeout"});
  fields.add("idle", timeouts.idle, "Longest silence inside an answer.")
      .range(least, most)
      .known_as({"stream_timeout", "read"});
  fields.add("total", timeouts.total, "The whole attempt.").range(least, most).known_as({"timeout", "request"});
}

void describe(Fields& fields, ProviderTlsConfig& tls) {
  fields.add("ca", tls.ca, "File with the certificates that are trusted, PEM.")
      .otherwise("the system's")
      .example("/etc/tollgate/ca.pem");
  fields.add("cert", tls.cert, "File with our own certificate for it, PEM.").example("/etc/tollgate/client.pem");
  fields.add("key", tls.key, "File with that certificate's private key, PEM.").example("/etc/tollgate/client.key");
}

void describe(Fields& fields, ProviderConfig& provider) {
  fields.add("type", provider.type, "What it is: its dialect, its own ways and its default address.")
      .required()
      .choices(type_names())
      .example("openai")
      .known_as({"provider", "kind"});
  fields.add("base_url", provider.base_url, "Where it is, as the vendor's own SDK takes it.")
      .otherwise("the type's own")
      .example("https://api.openai.com/v1")
      .known_as({"api_base", "url", "endpoint", "host", "baseURL"});
  fields.add("region", provider.region, "Where it computes; for residency and reports.").max_length(64).example("us");
  fields.add("retention", provider.retention, "How long it keeps what it is sent; `none` for zero retention.")
      .example("30d");
  fields.add("keys", provider.keys, "Its credentials, by names of your own.")
      .entry("main")
      .at_most(256)
      .known_as({"api_key", "key", "api_keys", "secret", "credentials"});
  fields.add("timeouts", provider.timeouts, "Bounds of one attempt.")
      .known_as({"timeout", "stream_timeout", "request_timeout"});
  fields.add("tls", provider.tls, "Trust and identity for its https address.");
  fields.add("headers", provider.headers, "Header fields that every call to it carries.")
      .entry("x-project")
      .example("search")
      .at_most(32);
  fields.add("forward_headers", provider.forward_headers, "Header fields of the caller's request that go to it too.")
      .at_most(32)
      .example("[x-trace-label]");
  fields.add("token_url", provider.token_url, "Where access tokens come from, for vertex and for azure with Entra.")
      .otherwise("the credential's own, or Entra's")
      .example("https://oauth2.googleapis.com/token")
      .alternative();
  fields.add("api_version", provider.api_version, "Azure: call its deployments with this version, in place of /openai/v1.")
      .max_length(32)
      .example("2024-10-21")
      .alternative();
  fields.add("proxy", provider.proxy, "Reach it through this HTTP proxy (CONNECT).").example("http://proxy.example:3128");
}

std::string_view effective_base_url(const ProviderConfig& provider) {
  if (!provider.base_url.empty()) return provider.base_url;
  const ProviderType* type = find_provider_type(provider.type);
  return type == nullptr ? std::string_view() : type->default_base_url;
}

}  // namespace tollgate
