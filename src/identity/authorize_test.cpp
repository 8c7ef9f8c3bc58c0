#include "identity/authorize.h"

#include <gtest/gtest.h>

#include "identity/attribution.h"
#include "identity/credential.h"

namespace tollgate {
namespace {

constexpr WallTime noon{1'000'000'000'000};
const IpAddress here = *parse_ip("10.1.2.3");

Claims claims_of(std::vector<std::pair<std::string_view, std::string_view>> headers) {
  Claims claims;
  for (auto [name, value] : headers) claims.header(name, value);
  return claims;
}

VirtualKey alices_key(MaySet may_set) {
  return {.name = "search-dev",
          .attribution = {.team = "search", .user = "alice", .feature = "autocomplete", .tags = {{"env", "dev"}}},
          .may_set = may_set};
}
constexpr MaySet all{.user = true, .feature = true, .tags = true};

TEST(CheckCaller, RefusesRevokedAndExpiredKeysLikeUnknownOnes) {
  VirtualKey revoked{.name = "a", .revoked = true}, expired{.name = "b", .expires = noon};
  EXPECT_EQ(check_caller(revoked, noon, here).error().detail, invalid_key().detail);
  EXPECT_EQ(check_caller(expired, noon, here).error().detail, invalid_key().detail);
  EXPECT_EQ(check_caller(expired, noon, here).error().fault, Fault::invalid_key);
  EXPECT_TRUE(check_caller(expired, noon + Duration(-1), here).has_value());
}

TEST(CheckCaller, AllowsTheAddressesOfTheKeyInBothFamilies) {
  VirtualKey key{.name = "a", .allow_from = {*parse_cidr("10.0.0.0/8"), *parse_cidr("fd00::/8")}};
  for (auto text : {"10.1.2.3", "10.255.255.255", "fd12::1", "::ffff:10.9.9.9"})
    EXPECT_TRUE(check_caller(key, noon, *parse_ip(text)).has_value()) << text;
  for (auto text : {"11.0.0.1", "fe80::1", "::1", "127.0.0.1"})
    EXPECT_EQ(check_caller(key, noon, *parse_ip(text)).error().fault, Fault::not_allowed) << text;
}

TEST(CheckModel, CoversByPatternAndSaysTheSameForAnyOther) {
  VirtualKey key{.name = "a", .models = {"gpt-4o", "claude-*"}};
  EXPECT_TRUE(check_model(key, "gpt-4o").has_value());
  EXPECT_TRUE(check_model(key, "claude-sonnet").has_value());
  EXPECT_EQ(check_model(key, "gpt-4o-mini").error().fault, Fault::not_allowed);
  EXPECT_EQ(check_model(key, "gpt-4o-mini").error().detail, check_model(key, "no-such-model").error().detail);
  EXPECT_TRUE(check_model(VirtualKey{.name = "b"}, "anything").has_value());
}

TEST(Attribute, TakesWhatTheKeySaysWhenTheRequestSaysNothing) {
  VirtualKey key = alices_key(all);
  EXPECT_EQ(attribute(key, Claims{}), key.attribution);
}

TEST(Attribute, TakesWhatTheRequestSaysWhereAllowed) {
  auto out = attribute(alices_key(all), claims_of({{"X-Tollgate-User", "bob"},
                                                   {"x-tollgate-feature", "chat"},
                                                   {"x-tollgate-tags", "zone=b, env=prod"},
                                                   {"x-tollgate-session", "ignored"}}));
  EXPECT_EQ(out, (Attribution{"search", "bob", "chat", {{"env", "prod"}, {"zone", "b"}}}));
}

TEST(Attribute, RefusesEachHeaderThatTheKeyMayNotSetAndNamesIt) {
  for (auto header : {"x-tollgate-user", "x-tollgate-feature", "x-tollgate-tags"}) {
    auto out = attribute(alices_key({}), claims_of({{header, "a=b"}}));
    ASSERT_FALSE(out.has_value()) << header;
    EXPECT_EQ(out.error().fault, Fault::not_allowed);
    EXPECT_EQ(out.error().param, header);
  }
}

TEST(Attribute, TakesTheUserOfTheBodyOnlyWhenAllowedAndNoHeaderSaysOne) {
  Claims claims;
  claims.body_user = "bob";
  EXPECT_EQ(attribute(alices_key(all), claims)->user, "bob");
  EXPECT_EQ(attribute(alices_key({}), claims)->user, "alice");
  claims.user = "carol";
  EXPECT_EQ(attribute(alices_key(all), claims)->user, "carol");
}

TEST(Attribute, IgnoresEvenABrokenBodyUserWhenNotAllowed) {
  Claims claims;
  claims.body_user = std::string_view("a\nb");
  EXPECT_EQ(attribute(alices_key({}), claims)->user, "alice");
  claims.body_user_field = "metadata.user_id";
  EXPECT_EQ(attribute(alices_key(all), claims).error().param, "metadata.user_id");
}

TEST(Attribute, RefusesValuesThatCouldForgeALogLineOrFillAStore) {
  const std::string longest(max_attribution_bytes, 'u'), longer = longest + "u";
  EXPECT_EQ(attribute(alices_key(all), claims_of({{"x-tollgate-user", longest}}))->user, longest);
  for (std::string_view bad :
       {std::string_view(""), std::string_view("a\nb"), std::string_view("a\0b", 3), std::string_view("\x7f"),
        std::string_view("\xC2\x85"), std::string_view("\xFF"), std::string_view(longer)}) {
    auto out = attribute(alices_key(all), claims_of({{"x-tollgate-user", bad}}));
    ASSERT_FALSE(out.has_value()) << bad;
    EXPECT_EQ(out.error().fault, Fault::invalid_request);
    EXPECT_EQ(out.error().param, "x-tollgate-user");
  }
}

TEST(Attribute, RefusesAHeaderThatComesTwice) {
  auto out = attribute(alices_key(all), claims_of({{"x-tollgate-user", "a"}, {"x-tollgate-user", "b"}}));
  EXPECT_EQ(out.error().param, "x-tollgate-user");
}

TEST(Attribute, RefusesBrokenTags) {
  for (auto bad : {"a", "=b", "a=", "a=b,", ",a=b", "a=b,a=c", "a=b;c\x01=d"}) {
    auto out = attribute(alices_key(all), claims_of({{"x-tollgate-tags", bad}}));
    ASSERT_FALSE(out.has_value()) << bad;
    EXPECT_EQ(out.error().param, "x-tollgate-tags");
  }
}

TEST(Attribute, HoldsTheBoundOfTagsForHeaderAndKeyTogether) {
  std::string fifteen, sixteen;
  for (int i = 0; i < 16; ++i) {
    std::string tag = "t" + std::to_string(i) + "=x";
    if (i < 15) fifteen += (i ? "," : "") + tag;
    sixteen += (i ? "," : "") + tag;
  }
  EXPECT_EQ(attribute(alices_key(all), claims_of({{"x-tollgate-tags", fifteen}}))->tags.size(), max_tags);
  EXPECT_FALSE(attribute(alices_key(all), claims_of({{"x-tollgate-tags", sixteen}})).has_value());
  EXPECT_TRUE(
      attribute(VirtualKey{.name = "a", .may_set = all}, claims_of({{"x-tollgate-tags", sixteen}})).has_value());
  EXPECT_FALSE(attribute(VirtualKey{.name = "a", .may_set = all}, claims_of({{"x-tollgate-tags", sixteen + ",u=x"}}))
                   .has_value());
}

}  // namespace
}  // namespace tollgate
