#pragma once
// Efforts and budgets: the two ways in which dialects say how much a model should think, and how one stands for the other.

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/chat_request.h"

namespace tollgate {

// The effort that was asked for, or the one nearest to the budget; empty when neither was said.
std::string_view effort_of(const ReasoningWish& wish);

// The budget that was asked for, or the effort's; empty when neither was said. 0: no thinking.
std::optional<std::int64_t> budget_of(const ReasoningWish& wish);

}  // namespace tollgate
