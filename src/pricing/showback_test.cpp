#include "pricing/showback.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

TEST(Showback, MarksUpThenDiscountsAndRoundsHalfUpOnce) {
  EXPECT_EQ(charged({1'000}, {.markup = percent(15)}), Money{1'150});
  EXPECT_EQ(charged({1'000}, {.markup = percent(15), .discount = percent(10)}), Money{1'035});
  EXPECT_EQ(charged({10}, {.markup = percent(15)}), Money{12}) << "11.5";
  EXPECT_EQ(charged({9}, {.markup = percent(15)}), Money{10}) << "10.35";
  EXPECT_EQ(charged({1}, {.markup = percent(50), .discount = percent(50)}), Money{1}) << "0.75, not 1.5 rounded first";
  EXPECT_EQ(charged({1'000}, {}), Money{1'000});
  EXPECT_EQ(charged({1'000}, {.discount = percent(100)}), Money{0});
  EXPECT_EQ(charged({1'000}, {.markup = Percent{1}}), Money{1'000}) << "1000.1";
}

TEST(Showback, RoundsWhatIsGivenBackByTheSameRule) {
  EXPECT_EQ(charged({-10}, {.markup = percent(15)}), Money{-11}) << "-11.5";
  EXPECT_EQ(charged({-9}, {.markup = percent(15)}), Money{-10}) << "-10.35";
  EXPECT_EQ(charged({-1}, {.discount = percent(50)}), Money{0}) << "-0.5";
}

TEST(Showback, StaysAtTheEndsOfTheRange) {
  EXPECT_EQ(charged({INT64_MAX}, {.markup = percent(1'000'000)}), Money{INT64_MAX});
  EXPECT_EQ(charged({INT64_MIN}, {.markup = percent(1'000'000)}), Money{INT64_MIN});
}

TEST(Showback, TeamsMayHaveTermsOfTheirOwn) {
  ShowbackConfig showback;
  showback.markup = percent(15);
  showback.teams.add("search").discount = percent(10);
  showback.teams.add("ads").markup = percent(0);
  EXPECT_EQ(terms_of(showback, "search"), (ChargeTerms{percent(15), percent(10)}));
  EXPECT_EQ(terms_of(showback, "ads"), (ChargeTerms{percent(0), percent(0)}));
  EXPECT_EQ(terms_of(showback, "other"), (ChargeTerms{percent(15), percent(0)}));
}

}  // namespace
}  // namespace tollgate
