#include "routing/route_table.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

std::string name_of(const Route* route) { return route == nullptr ? "none" : route->name; }

TEST(RouteTable, PrefersTheExactNameThenTheLongestPattern) {
  RouteTable table;
  for (auto name : {"gpt-*", "gpt-4o", "gpt-4*", "*"}) table.add_route(name);
  EXPECT_EQ(name_of(table.find("gpt-4o")), "gpt-4o");
  EXPECT_EQ(name_of(table.find("gpt-4o-mini")), "gpt-4*");
  EXPECT_EQ(name_of(table.find("gpt-3.5")), "gpt-*");
  EXPECT_EQ(name_of(table.find("claude")), "*");
}

TEST(RouteTable, KnowsNothingThatWasNotNamed) {
  RouteTable table;
  table.add_route("gpt-4o");
  EXPECT_EQ(table.find("gpt-4"), nullptr);
  EXPECT_EQ(table.find("GPT-4o"), nullptr);
  EXPECT_EQ(table.find(""), nullptr);
}

TEST(RouteTable, NumbersTargetsAndKeepsThemWhereTheyAre) {
  RouteTable table;
  Target& first = table.add_target();
  for (int i = 0; i < 100; ++i) table.add_target();
  EXPECT_EQ(&table.targets().front(), &first);
  EXPECT_EQ(table.targets().back().index, 100U);
}

}  // namespace
}  // namespace tollgate
