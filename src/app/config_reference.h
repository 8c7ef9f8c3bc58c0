#pragma once
// The written forms of the settings: reference page, JSON schema, example file. `tollgate describe` and the docs are
// made by these; the committed files are compared with them in every test run.

#include <string>

namespace tollgate {

std::string config_reference_markdown();  // docs/generated/config.md
std::string config_schema();              // docs/generated/tollgate.schema.json
// A fully documented settings file that means the defaults; what has none stands behind `#`.
std::string default_config_yaml();

// Writes both generated files into `folder`. False when one cannot be written.
bool write_config_reference(const std::string& folder);

}  // namespace tollgate
