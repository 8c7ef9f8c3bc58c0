#pragma once
// Cheap signs that an answer will not do, for cascades: what can be told without asking another model.

#include <optional>
#include <span>

#include "gateway/attempts/heard.h"
#include "routing/config.h"

namespace tollgate {

// The first of the flaws looked for that the answer has. An answer that is not whole in `heard` has none.
std::optional<AnswerFlaw> flaw_of(const Heard& heard, const ChatRequest& request, std::span<const AnswerFlaw> looked_for);

}  // namespace tollgate
