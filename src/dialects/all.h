#pragma once
// The shelf: every wire language that this build speaks. Reading all.cpp answers "what do we speak?".

#include <span>

#include "dialects/dialect.h"

namespace tollgate {

std::span<const Dialect* const> all_dialects();
// Null when there is none of that name.
const Dialect* find_dialect(std::string_view name);

}  // namespace tollgate
