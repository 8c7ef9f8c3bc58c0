#include "limits/policy.h"

#include <gtest/gtest.h>

#include "limits/limits_for_test.h"

namespace tollgate {
namespace {

class PolicyMatch : public ::testing::Test {
 protected:
  std::vector<std::string> names(const Policy& policy, const Subject& subject) {
    std::vector<std::string> out;
    for (const Limit* limit : policy.match(subject)) out.push_back(limit->name);
    return out;
  }
  LimitSpec matching(std::string name, std::vector<MatchRule> rules) {
    LimitSpec spec = budget(std::move(name), usd(1));
    spec.match = std::move(rules);
    return spec;
  }
  using Names = std::vector<std::string>;
  Counters counters{7};
};

TEST_F(PolicyMatch, MeetsEveryCallWithoutRules) {
  Policy policy = policy_of({budget("all", usd(1))}, counters);
  EXPECT_EQ(names(policy, {}), Names{"all"});
}

TEST_F(PolicyMatch, MeetsLiteralsListsAndTrailingStars) {
  Policy policy =
      policy_of({matching("a", {only("team", {"search"})}), matching("b", {only("team", {"search", "ads"})}),
                 matching("c", {only("model", {"claude-*"})}), matching("d", {only("key", {"k1"})})},
                counters);
  EXPECT_EQ(names(policy, {.key = "k1", .team = "search", .model = "claude-sonnet"}), (Names{"a", "b", "c", "d"}));
  EXPECT_EQ(names(policy, {.key = "k2", .team = "ads", .model = "gpt-4o"}), (Names{"b"}));
  EXPECT_EQ(names(policy, {.key = "k2", .team = "searching", .model = "claude"}), (Names{}));
}

TEST_F(PolicyMatch, NeedsAllRulesOfALimit) {
  Policy policy = policy_of(
      {matching("a", {only("team", {"search"}), only("user", {"alice"}), only("provider", {"open*"})})}, counters);
  EXPECT_EQ(names(policy, {.team = "search", .user = "alice", .provider = "openai"}), Names{"a"});
  EXPECT_EQ(names(policy, {.team = "search", .user = "bob", .provider = "openai"}), Names{});
  EXPECT_EQ(names(policy, {.team = "search", .user = "alice", .provider = "azure"}), Names{});
}

TEST_F(PolicyMatch, ReadsTags) {
  Policy policy = policy_of({matching("a", {only("tags.env", {"prod", "st*"})})}, counters);
  Tags prod{{"env", "prod"}, {"zone", "x"}}, staging{{"env", "staging"}}, other{{"zone", "prod"}};
  EXPECT_EQ(names(policy, {.tags = &prod}), Names{"a"});
  EXPECT_EQ(names(policy, {.tags = &staging}), Names{"a"});
  EXPECT_EQ(names(policy, {.tags = &other}), Names{});
  EXPECT_EQ(names(policy, {}), Names{});
}

TEST_F(PolicyMatch, DoesNotTakeAMissingValueForAnyValue) {
  Policy policy = policy_of({matching("a", {only("user", {"*"})})}, counters);
  EXPECT_EQ(names(policy, {.user = "alice"}), Names{"a"});
  EXPECT_EQ(names(policy, {.team = "search"}), Names{});
}

TEST_F(PolicyMatch, KeepsTheOrderInWhichLimitsWereGiven) {
  Policy policy = policy_of({matching("z", {only("user", {"alice"})}), budget("m", usd(1)),
                             matching("a", {only("team", {"search"})}), matching("k", {only("key", {"k1", "k1"})})},
                            counters);
  EXPECT_EQ(names(policy, {.key = "k1", .team = "search", .user = "alice"}), (Names{"z", "m", "a", "k"}));
}

TEST_F(PolicyMatch, SaysWhenMoreLimitsConcernACallThanItCanHold) {
  std::vector<LimitSpec> specs;
  for (std::size_t i = 0; i <= max_limits_per_call; ++i) specs.push_back(budget(std::to_string(i), usd(1)));
  EXPECT_TRUE(policy_of(specs, counters).match({}).too_many);
  specs.pop_back();
  EXPECT_FALSE(policy_of(specs, counters).match({}).too_many);
}

TEST_F(PolicyMatch, RefusesWhatItCannotKeepAndNamesTheLimit) {
  LimitSpec concurrent = budget("concurrent", usd(1)), negative = budget("negative", Money{-1}),
            empty = matching("empty", {only("team", {})});
  concurrent.measure = Measure::concurrent;  // with a window
  LimitSpec wide = budget("wide", usd(1));
  wide.each = by({"key", "team", "user", "feature", "model"});
  for (const auto& spec : {concurrent, negative, empty, wide}) {
    auto policy = Policy::compile({spec}, counters);
    ASSERT_FALSE(policy) << spec.name;
    EXPECT_EQ(policy.error().param, spec.name);
  }
  EXPECT_FALSE(Policy::compile({budget("twice", usd(1)), budget("twice", usd(2))}, counters));
}

TEST(CounterKey, TellsValuesAndTenantsApart) {
  auto key = [](const Subject& subject, std::vector<std::string_view> each) {
    return std::string(CounterKey(subject, by(each)).text());
  };
  EXPECT_NE(key({.user = "ab", .feature = "c"}, {"user", "feature"}),
            key({.user = "a", .feature = "bc"}, {"user", "feature"}));
  EXPECT_NE(key({.team = "x", .user = "alice"}, {"user"}), key({.team = "y", .user = "alice"}, {"user"}));
  EXPECT_EQ(key({.team = "x", .model = "m"}, {"model"}), key({.team = "y", .model = "m"}, {"model"}));
  EXPECT_EQ(key({.team = "x"}, {}), key({.team = "y"}, {}));
}

TEST(CounterKey, ComesApartAgain) {
  Tags tags{{"env", "prod"}};
  auto values = values_of(
      CounterKey({.team = "search", .user = "alice", .tags = &tags}, by({"user", "tags.env", "feature"})).text());
  EXPECT_EQ(values.tenant, "search");
  EXPECT_EQ(values.values, (std::vector<std::string>{"alice", "prod", ""}));
}

TEST(AttributeName, ReadsAndPrintsTheNamesOfTheConfiguration) {
  for (auto name : {"key", "team", "user", "feature", "model", "provider", "tags.env", "tags.a.b"})
    EXPECT_EQ(to_string(*parse_attribute(name)), name);
  for (auto name : {"", "keys", "tags", "tags.", "Team"}) EXPECT_FALSE(parse_attribute(name)) << name;
}

}  // namespace
}  // namespace tollgate
