#include "dialects/reasoning.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

TEST(Reasoning, SaysNothingWhereTheCallerSaidNothing) {
  EXPECT_EQ(effort_of({}), "");
  EXPECT_EQ(budget_of({}), std::nullopt);
}

TEST(Reasoning, TurnsEffortsIntoBudgetsAndBack) {
  for (std::string_view effort : {"none", "low", "medium", "high", "xhigh", "max"}) {
    ReasoningWish asked{.effort = std::string(effort)};
    ReasoningWish budgeted{.budget_tokens = budget_of(asked)};
    EXPECT_EQ(effort_of(budgeted), effort);
  }
}

TEST(Reasoning, TakesTheEffortBelowABudgetButThinksWhereABudgetWasGiven) {
  EXPECT_EQ(effort_of({.budget_tokens = 10'000}), "medium");
  EXPECT_EQ(effort_of({.budget_tokens = 1}), "low");
  EXPECT_EQ(effort_of({.budget_tokens = 0}), "none");
  EXPECT_EQ(effort_of({.budget_tokens = -1}), "medium");
}

TEST(Reasoning, KnowsTheSwitch) {
  EXPECT_EQ(effort_of({.enabled = false}), "none");
  EXPECT_EQ(budget_of({.enabled = true}), 8'192);
}

}  // namespace
}  // namespace tollgate
