#pragma once
// Settings that come as objects of JSON, over the admin API or from the data folder, in the words of tollgate.yaml: a limit, and
// what a virtual key may do. The same rules as for the file; errors are invalid_request and name the field.

#include <string>
#include <string_view>

#include "app/config.h"
#include "storage/keys/key_file.h"

namespace tollgate {

// A limit by its shape alone: what it names may be gone by now.
Result<LimitConfig> limit_of(std::string_view json);
// One that a created key carries. Error: this version does not know it.
Result<LimitConfig> limit_of(const std::string& key, const StoredLimit& stored);

// A limit that is new: all that it names exists in this configuration, and it can act.
Result<LimitConfig> checked_limit(std::string_view json, const Config& config, const ConfigOptions& options);

// What a new or changed key may do; its secret is none of it. Its limits are those that a key can carry: a measure and `every`.
Result<KeySettings> checked_key(std::string_view json, const Config& config, const ConfigOptions& options, WallTime now);
// The object that checked_key reads.
std::string key_settings_json(const KeySettings& settings);
// The same in the form of the configuration.
KeyEntry key_entry_of(const KeySettings& settings);

// All faults in one error, which names the field of the first.
Error error_of(std::vector<ConfigFault> faults);

}  // namespace tollgate
