#include "identity/credential.h"

#include <gtest/gtest.h>

#include <vector>

namespace tollgate {
namespace {

struct Case {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string query;
  std::string outcome;  // the credential, or 400, or 401
};

std::string outcome_of(const Case& c) {
  Credential credential;
  for (const auto& [name, value] : c.headers) credential.header(name, value);
  credential.query(c.query);
  auto only = credential.only();
  if (only) return std::string(*only);
  return std::to_string(info(only.error().fault).http_status);
}

void expect_all(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    std::string shown = "?" + c.query;
    for (const auto& [name, value] : c.headers) shown += "\n" + name + ": " + value;
    EXPECT_EQ(outcome_of(c), c.outcome) << shown;
  }
}

TEST(Credential, ComesInEveryFormThatClientsUse) {
  expect_all({
      {{{"Authorization", "Bearer k1"}}, "", "k1"},
      {{{"authorization", "bearer k1"}}, "", "k1"},
      {{{"Authorization", "BEARER  k1 "}}, "", "k1"},
      {{{"x-api-key", "k1"}}, "", "k1"},
      {{{"X-Api-Key", "k1"}}, "", "k1"},
      {{{"api-key", "k1"}}, "", "k1"},
      {{{"x-goog-api-key", "k1"}}, "", "k1"},
      {{{"x-litellm-api-key", "k1"}}, "", "k1"},
      {{{"x-litellm-api-key", "Bearer k1"}}, "", "k1"},
      {{{"x-portkey-api-key", "k1"}}, "", "k1"},
      {{{"x-bf-vk", "k1"}}, "", "k1"},
      {{{"Helicone-Auth", "Bearer k1"}}, "", "k1"},
      {{}, "key=k1", "k1"},
      {{}, "alt=sse&key=k1&x=y", "k1"},
      {{}, "key=k%31", "k1"},
      {{{"accept", "*/*"}, {"x-api-key", "k1"}, {"user-agent", "Bearer no"}}, "", "k1"},
  });
}

TEST(Credential, MayComeTwiceWhenItIsTheSame) {
  expect_all({
      {{{"Authorization", "Bearer k1"}, {"x-api-key", "k1"}}, "", "k1"},
      {{{"x-api-key", "k1"}, {"x-api-key", "k1"}}, "", "k1"},
      {{{"x-goog-api-key", "k1"}}, "key=k1", "k1"},
      {{{"x-goog-api-key", "k1"}}, "key=%6B1", "k1"},
      {{}, "key=k1&key=%6b1", "k1"},
  });
}

TEST(Credential, IsAmbiguousWhenTwoDiffer) {
  expect_all({
      {{{"Authorization", "Bearer k1"}, {"x-api-key", "k2"}}, "", "400"},
      {{{"Authorization", "Bearer k1"}, {"Authorization", "Bearer k2"}}, "", "400"},
      {{{"x-api-key", "k1"}, {"api-key", "k2"}}, "", "400"},
      {{{"x-litellm-api-key", "k1"}, {"Authorization", "Bearer k2"}}, "", "400"},
      {{{"x-api-key", "k1"}}, "key=k2", "400"},
      {{{"x-api-key", "k1"}}, "key=%6b2", "400"},
      {{}, "key=k1&key=k2", "400"},
      {{{"Authorization", "Basic dTpw"}, {"x-api-key", "k1"}}, "", "400"},
  });
}

TEST(Credential, IsAmbiguousWhenTwoAreJoinedInOneHeader) {
  expect_all({
      {{{"x-api-key", "k1, k2"}}, "", "400"},
      {{{"x-api-key", "k1,k1"}}, "", "400"},
      {{{"Authorization", "Bearer k1, Bearer k2"}}, "", "400"},
      {{{"Authorization", "Bearer k1 Bearer k2"}}, "", "400"},
      {{{"Authorization", "Bearer k1\tbearer k2"}}, "", "400"},
      {{{"Authorization", "Basic dTpw Bearer k2"}}, "", "400"},
      {{{"Helicone-Auth", "Bearer k1, k2"}}, "", "400"},
      {{}, "key=k1%2Ck2", "400"},
  });
}

TEST(Credential, IsRefusedWhenThereIsNoneOrItIsOdd) {
  expect_all({
      {{}, "", "401"},
      {{{"Authorization", ""}}, "", "401"},
      {{{"Authorization", "Bearer"}}, "", "401"},
      {{{"Authorization", "Bearer "}}, "", "401"},
      {{{"Authorization", "k1"}}, "", "401"},
      {{{"Authorization", "Bearerk1"}}, "", "401"},
      {{{"Authorization", "Basic dTpw"}}, "", "401"},
      {{{"Authorization", "{\"alg\":\"none\"}"}}, "", "401"},
      {{{"Authorization", "Bearer ' OR 1=1 --"}}, "", "401"},
      {{{"Authorization", "Bearer sk-x'; DROP TABLE keys;--"}}, "", "401"},
      {{{"Authorization", "Bearer \xEF\xBD\x93k-1"}}, "", "401"},
      {{{"Authorization", "Bearer " + std::string(60'000, 'k')}}, "", "401"},
      {{{"x-api-key", "k1,"}}, "", "401"},
      {{{"x-api-key", std::string("k\0", 2)}}, "", "401"},
      {{}, "key=", "401"},
      {{}, "key=%zz", "401"},
      {{}, "key=%6", "401"},
      {{}, "api_key=k1&monkey=k1&KEY=k1", "401"},
  });
}

TEST(Credential, DoesNotCountEmptyFields) {
  expect_all({
      {{{"Authorization", "Bearer "}, {"x-api-key", "k1"}}, "", "k1"},
      {{{"x-api-key", ""}, {"Authorization", "Bearer k1"}}, "key=", "k1"},
  });
}

TEST(Credential, HasOneTextForEvery401) {
  Credential none, odd;
  odd.header("authorization", "Basic dTpw");
  EXPECT_EQ(none.only().error().detail, odd.only().error().detail);
  EXPECT_EQ(none.only().error().detail, invalid_key().detail);
}

TEST(Credential, KnowsWhichHeadersMustNotBeForwardedOrLogged) {
  for (auto name : {"Authorization", "x-api-key", "API-KEY", "x-goog-api-key", "x-bf-vk", "Helicone-Auth",
                    "x-litellm-api-key", "x-portkey-api-key"})
    EXPECT_TRUE(Credential::carries(name)) << name;
  for (auto name : {"", "accept", "x-api-kex", "content-type"}) EXPECT_FALSE(Credential::carries(name)) << name;
}

}  // namespace
}  // namespace tollgate
