#include "providers/token_grant.h"

#include <fmt/format.h>

#include "base/base64.h"
#include "base/url.h"
#include "crypto/rsa.h"
#include "json/document.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::string_view google_scope = "https://www.googleapis.com/auth/cloud-platform";
constexpr std::string_view entra_scope = "https://cognitiveservices.azure.com/.default";
constexpr std::string_view entra_host = "https://login.microsoftonline.com";
constexpr std::int64_t statement_seconds = 3600;
constexpr std::int64_t lasts_max_seconds = 86'400;
constexpr std::int64_t ns_per_second = 1'000'000'000;

std::unexpected<Error> wrong(std::string detail) { return fail(Fault::unavailable, std::move(detail)); }

Result<void> set_address(TokenGrant& grant, std::string_view address) {
  auto url = parse_url(address);
  if (!url) return wrong(fmt::format("the address for tokens {}", url.error()));
  grant.origin = {.host = url->host, .port = url->port, .tls = url->tls, .tls_name = {}, .ca_file = {}, .cert_file = {}, .key_file = {}, .proxy_host = {}};
  grant.authority = url->authority();
  grant.path = url->path;
  grant.address = address;
  return {};
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// header.claims.signature, each in base64url.
Result<std::string> signed_statement(const TokenGrant& grant, WallTime now) {
  std::int64_t seconds = now.ns / ns_per_second;
  std::string header, claims, statement;
  json::Writer(header).begin_object().member("alg", "RS256").member("typ", "JWT").member("kid", grant.key_id).end_object();
  json::Writer(claims)
      .begin_object()
      .member("iss", grant.client)
      .member("scope", google_scope)
      .member("aud", grant.address)
      .member("iat", seconds)
      .member("exp", seconds + statement_seconds)
      .end_object();
  append_base64(statement, header, Base64::url);
  statement += '.';
  append_base64(statement, claims, Base64::url);
  auto signature = crypto::sign_rs256(grant.secret.reveal(), statement);
  if (!signature) return fail(Fault::internal, "the service account's key cannot sign");
  statement += '.';
  append_base64(statement, *signature, Base64::url);
  return statement;
}

}  // namespace

Result<TokenGrant> google_grant(std::string_view service_account, std::string_view address) {
  auto document = json::Document::parse(service_account);
  if (!document) return wrong("the secret is no service account's JSON key");
  json::Node root = document->root();
  auto text = [&](std::string_view name) { return std::string(root[name].string().value_or("")); };
  TokenGrant grant{.client = text("client_email"), .key_id = text("private_key_id"), .secret = Secret(text("private_key"))};
  if (grant.client.empty() || grant.secret.empty())
    return wrong("the service account's JSON lacks client_email or private_key");
  if (!crypto::sign_rs256(grant.secret.reveal(), "")) return wrong("the service account's private_key is no RSA key in PEM");
  std::string own = text("token_uri");
  TG_TRY_VOID(set_address(grant, address.empty() ? std::string_view(own) : address));
  return grant;
}

Result<TokenGrant> entra_grant(std::string_view tenant, std::string_view client, Secret secret, std::string_view address) {
  TokenGrant grant{.client = std::string(client), .secret = std::move(secret), .entra = true};
  std::string usual = fmt::format("{}/{}/oauth2/v2.0/token", entra_host, percent_encoded(tenant));
  TG_TRY_VOID(set_address(grant, address.empty() ? std::string_view(usual) : address));
  return grant;
}

Result<std::string> token_request(const TokenGrant& grant, WallTime now) {
  if (grant.entra)
    return fmt::format("grant_type=client_credentials&client_id={}&client_secret={}&scope={}", percent_encoded(grant.client),
                       percent_encoded(grant.secret.reveal()), percent_encoded(entra_scope));
  TG_TRY(statement, signed_statement(grant, now));
  return "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + statement;
}

Result<AccessToken> read_token_answer(int status, std::string_view body) {
  if (status >= 400 && status < 500)
    return fail({.fault = Fault::upstream_credential, .retry = Retry::next_credential, .detail = "the cloud gave no access token"});
  auto document = json::Document::parse(body);
  auto token = document ? document->root()["access_token"].string() : std::nullopt;
  if (status != 200 || !token || token->empty())
    return fail({.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the cloud's answer held no access token"});
  std::int64_t lasts = document->root()["expires_in"].integer().value_or(0);
  return AccessToken{Secret(std::string(*token)), seconds(std::clamp<std::int64_t>(lasts, 0, lasts_max_seconds))};
}

}  // namespace tollgate
