#pragma once
// One simulation, whole: from a seed to a story, checked.

#include <cstdint>

#include "sim/story.h"

namespace tollgate::sim {

// The same seed gives the same story, to the byte of its trace.
Story run_scenario(std::uint64_t seed);

}  // namespace tollgate::sim
