#pragma once
// What a cloud's credential is exchanged for: an access token, asked for at the cloud's own address.
//
//   Google   a service account's JSON key signs a statement (RFC 7523), its `token_uri` answers with a token
//   Entra    a client's secret (RFC 6749, 4.4), https://login.microsoftonline.com/TENANT/oauth2/v2.0/token
//
// Sources: developers.google.com/identity/protocols/oauth2/service-account and learn.microsoft.com, "client credentials flow", read
// 2026-11-27.

#include <string>

#include "base/secret.h"
#include "base/time.h"
#include "ports/network.h"

namespace tollgate {

struct TokenGrant {
  Origin origin{};
  std::string authority{};  // for Host
  std::string path{};
  std::string address{};    // all of it, as the statement names it
  std::string client{};     // client_email, or client_id
  std::string key_id{};     // of the service account's key
  Secret secret{};          // its private key as PEM, or the client's secret
  bool entra = false;
};

// From a service account's JSON. `address` overrides its own token_uri when not empty. The error's detail says what is wrong, without
// any of the file's text.
Result<TokenGrant> google_grant(std::string_view service_account, std::string_view address);

Result<TokenGrant> entra_grant(std::string_view tenant, std::string_view client, Secret secret, std::string_view address);

// The body of the request for a token. Error: internal, when the key cannot sign.
Result<std::string> token_request(const TokenGrant& grant, WallTime now);

struct AccessToken {
  Secret token{};
  Duration lasts{};
};
// What the address answered. Errors: upstream_credential, upstream_protocol.
Result<AccessToken> read_token_answer(int status, std::string_view body);

}  // namespace tollgate
