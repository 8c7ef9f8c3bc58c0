#pragma once
// A configuration for questions that send nothing, checked as `serve` checks it.

#include <string>

#include "app/config.h"

namespace tollgate {

// Error: every fault of the file, a line each.
Result<LoadedConfig> load_for_question(const std::string& file, ConfigOptions options);

// Sources that have something for every secret: where the real one is missing, a text that nobody uses.
config::SecretSources with_stand_ins(config::SecretSources real);

}  // namespace tollgate
