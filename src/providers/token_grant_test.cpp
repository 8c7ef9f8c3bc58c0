#include "providers/token_grant.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "crypto/rsa.h"
#include "crypto/rsa_for_test.h"
#include "json/document.h"
#include "json/write.h"

namespace tollgate {
namespace {

std::string account(const std::string& pem, std::string_view token_uri = "https://oauth2.example/token") {
  std::string out;
  json::Writer(out)
      .begin_object()
      .member("type", "service_account")
      .member("client_email", "me@project.iam.example")
      .member("private_key_id", "k1")
      .member("private_key", pem)
      .member("token_uri", token_uri)
      .end_object();
  return out;
}

TEST(TokenGrant, SignsAStatementWithTheServiceAccountsKey) {
  std::string pem = crypto::new_rsa_pem();
  auto grant = google_grant(account(pem), "");
  ASSERT_TRUE(grant) << grant.error().detail;
  EXPECT_EQ(grant->origin.host, "oauth2.example");
  EXPECT_EQ(grant->path, "/token");
  auto body = token_request(*grant, WallTime{1'700'000'000'000'000'000});
  ASSERT_TRUE(body);
  constexpr std::string_view front = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
  ASSERT_TRUE(body->starts_with(front));
  std::string statement = body->substr(front.size());
  std::size_t first = statement.find('.'), last = statement.rfind('.');
  EXPECT_TRUE(crypto::verify_rs256(pem, statement.substr(0, last), *decode_base64(statement.substr(last + 1))));
  auto claims = json::Document::parse(*decode_base64(statement.substr(first + 1, last - first - 1)));
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->root()["iss"].string(), "me@project.iam.example");
  EXPECT_EQ(claims->root()["aud"].string(), "https://oauth2.example/token");
  EXPECT_EQ(claims->root()["iat"].integer(), 1'700'000'000);
  EXPECT_EQ(claims->root()["exp"].integer(), 1'700'003'600);
}

TEST(TokenGrant, AnAddressInTheConfigurationReplacesTheAccountsOwn) {
  auto grant = google_grant(account(crypto::new_rsa_pem()), "http://127.0.0.1:9/t");
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->authority, "127.0.0.1:9");
  EXPECT_FALSE(grant->origin.tls);
}

TEST(TokenGrant, RefusesWhatIsNoServiceAccountWithoutShowingIt) {
  for (const std::string& text : {std::string("canary"), std::string("{}"), account("canary"), account(crypto::new_rsa_pem(), "ftp://canary")}) {
    auto grant = google_grant(text, "");
    ASSERT_FALSE(grant);
    EXPECT_EQ(grant.error().detail.find("canary"), std::string::npos) << grant.error().detail;
  }
}

TEST(TokenGrant, AsksEntraWithTheClientsSecret) {
  auto grant = entra_grant("my-tenant", "my-client", Secret("s&cret"), "");
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->origin.host, "login.microsoftonline.com");
  EXPECT_EQ(grant->path, "/my-tenant/oauth2/v2.0/token");
  EXPECT_EQ(*token_request(*grant, {}),
            "grant_type=client_credentials&client_id=my-client&client_secret=s%26cret&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default");
}

TEST(TokenGrant, ReadsTheTokenAndHowLongItLasts) {
  auto token = read_token_answer(200, R"({"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"})");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->token.reveal(), "ya29.x");
  EXPECT_EQ(token->lasts, seconds(3599));
}

TEST(TokenGrant, TellsAWrongCredentialFromABrokenAnswer) {
  EXPECT_EQ(read_token_answer(400, R"({"error":"invalid_grant"})").error().fault, Fault::upstream_credential);
  EXPECT_EQ(read_token_answer(200, "<html>").error().fault, Fault::upstream_protocol);
  EXPECT_EQ(read_token_answer(503, "").error().fault, Fault::upstream_protocol);
}

}  // namespace
}  // namespace tollgate
