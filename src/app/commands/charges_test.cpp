#include "app/commands/charges.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

CommandLine words(std::vector<std::string> all) {
  CommandLine line;
  auto bad = line.read(all, {{"markup", Option::value}, {"discount", Option::value}, {"charged", Option::flag}});
  EXPECT_FALSE(bad) << *bad;
  return line;
}

Sums three_teams() {
  Sums sums;
  for (auto [team, cost] : {std::pair("ads", 10), std::pair("search", 10), std::pair("", 1)}) {
    sums.rows.push_back({{team}, "", {.requests = 1, .refused = 0, .usage = {}, .cost = {cost}, .saved = {}}});
    sums.total.cost += {cost};
  }
  return sums;
}

TEST(Charges, AreRoundedOnceALineAndAddUp) {
  Sums sums = three_teams();
  ASSERT_TRUE(charge_for(sums, {.filter = {}, .by = {"team"}}, *showback_of(words({"--markup", "15%"}), nullptr).value()));
  EXPECT_TRUE(sums.charged);
  EXPECT_EQ(sums.rows[0].sum.charged, Money{12});
  EXPECT_EQ(sums.rows[2].sum.charged, Money{1});
  EXPECT_EQ(sums.total.charged, Money{25}) << "21 x 1.15 would be 24";
}

TEST(Charges, FollowTheTeamsOwnTerms) {
  ShowbackConfig showback;
  showback.markup = percent(100);
  showback.teams.add("search").discount = percent(50);
  Sums sums = three_teams();
  ASSERT_TRUE(charge_for(sums, {.filter = {}, .by = {"team"}}, *showback_of(words({"--charged"}), &showback).value()));
  EXPECT_EQ(sums.rows[0].sum.charged, Money{20});
  EXPECT_EQ(sums.rows[1].sum.charged, Money{10});
  EXPECT_EQ(sums.rows[2].sum.charged, Money{2});
  Sums one{.rows = {{{}, "", {}}}, .total = {}};
  EXPECT_EQ(charge_for(one, {.filter = {}, .by = {}}, showback).error().param, "by");
}

TEST(Charges, AreThereOnlyWhenAskedFor) {
  ShowbackConfig showback;
  EXPECT_FALSE(showback_of(words({}), &showback).value());
  EXPECT_EQ(showback_of(words({"--discount", "2.5%"}), nullptr).value()->discount, Percent{250});
}

TEST(Charges, RefuseWhatCannotBe) {
  ShowbackConfig showback;
  for (auto text : {"15", "-1%", "0.005%", "10001%", ""})
    EXPECT_EQ(showback_of(words({"--markup", text}), nullptr).error().param, "markup") << text;
  EXPECT_EQ(showback_of(words({"--discount", "101%"}), nullptr).error().param, "discount");
  EXPECT_EQ(showback_of(words({"--charged"}), nullptr).error().param, "charged");
  EXPECT_EQ(showback_of(words({"--charged", "--markup", "1%"}), &showback).error().param, "charged");
}

}  // namespace
}  // namespace tollgate
