#include "dialects/reasoning.h"

namespace tollgate {
namespace {

// The budgets that Google's compatible endpoint gives to OpenAI's efforts (ai.google.dev, "OpenAI compatibility", read 2026-11-22),
// and steps beyond them in the same measure.
struct Step {
  std::string_view effort;
  std::int64_t budget;
};
constexpr Step steps[] = {{"none", 0},      {"minimal", 1'024}, {"low", 1'024},  {"medium", 8'192},
                          {"high", 24'576}, {"xhigh", 32'768},  {"max", 63'999}};

}  // namespace

std::string_view effort_of(const ReasoningWish& wish) {
  if (!wish.effort.empty()) return wish.effort;
  if (wish.enabled == false) return "none";
  if (!wish.budget_tokens) return wish.enabled == true ? "medium" : "";
  if (*wish.budget_tokens < 0) return "medium";
  std::string_view found = "none";
  for (const Step& step : steps) {
    if (step.budget > *wish.budget_tokens) break;
    if (step.effort != "minimal") found = step.effort;
  }
  return found == "none" && *wish.budget_tokens > 0 ? "low" : found;
}

std::optional<std::int64_t> budget_of(const ReasoningWish& wish) {
  if (wish.budget_tokens) return wish.budget_tokens;
  if (wish.enabled == false) return 0;
  std::string_view effort = wish.effort.empty() && wish.enabled == true ? std::string_view("medium") : wish.effort;
  for (const Step& step : steps)
    if (step.effort == effort) return step.budget;
  return std::nullopt;
}

}  // namespace tollgate
