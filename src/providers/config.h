#pragma once
// Settings `providers:`: who answers. A URL here is itself permission to connect there; no other place can name a host.

#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"

namespace tollgate {

// How long the provider promises to keep what it is sent.
struct Retention {
  std::optional<Duration> keeps{};  // empty: it says nothing; zero: it keeps nothing
  friend bool operator==(const Retention&, const Retention&) = default;
};
template <>
struct Scalar<Retention> {
  static constexpr ScalarKind kind{.words = "none, or a duration such as 30d",
                                   .pattern = "^(none|[0-9]+(ns|us|ms|s|m|h|d))$"};
  static bool read(std::string_view text, Retention& out);
  static std::string write(const Retention& value);
};

struct CredentialConfig {
  SecretRef secret{};
  int weight = 1;  // its share of the calls among the credentials that are well
  std::string access_key_id{};  // bedrock
  std::optional<SecretRef> session_token{};
  std::string tenant{};         // azure with Entra
  std::string client_id{};
};
void describe(Fields& fields, CredentialConfig& credential);

// Of one attempt. Plain calls: first_token is the time to the first byte of the answer's body.
struct AttemptTimeouts {
  Duration connect = seconds(5);
  Duration first_token = seconds(60);
  Duration idle = seconds(60);
  Duration total = seconds(600);
};
void describe(Fields& fields, AttemptTimeouts& timeouts);

struct ProviderTlsConfig {
  std::string ca{};    // PEM file; empty: the system's
  std::string cert{};  // both or none
  std::string key{};
};
void describe(Fields& fields, ProviderTlsConfig& tls);

struct ProviderConfig {
  std::string type{};
  std::string base_url{};  // empty: the type's own
  std::string region{};
  std::string api_version{};  // azure
  Retention retention{};
  Named<CredentialConfig> keys{};
  AttemptTimeouts timeouts{};
  ProviderTlsConfig tls{};
  Named<std::string> headers{};
  std::vector<std::string> forward_headers{};
  std::string proxy{};  // empty: straight
  std::string token_url{};  // empty: the cloud's own
};
void describe(Fields& fields, ProviderConfig& provider);

// The configured base URL, or the type's own.
std::string_view effective_base_url(const ProviderConfig& provider);

}  // namespace tollgate
