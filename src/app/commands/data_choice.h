#pragma once
// Which data folder a command means: `--data DIR`, else the `data:` of `--config FILE`, else ./tollgate-data.
//
// The configuration is read for its names only (data folder, keys, how long rows are kept): its secrets need not be
// there.

#include <filesystem>
#include <optional>

#include "app/command_line.h"
#include "app/config.h"

namespace tollgate {

constexpr std::string_view default_data_folder = "./tollgate-data";

// Both options, for CommandLine::read.
constexpr CommandLine::Known data_option{"data", Option::value};
constexpr CommandLine::Known config_option{"config", Option::value};

struct DataChoice {
  std::filesystem::path path;
  std::optional<Config> config{};  // where --config names one
};

// Error: what is wrong with the configuration, a line for each fault.
Result<DataChoice> choose_data(const CommandLine& line);
Result<Config> read_names(const std::string& file);

// Error when the folder is missing: a question must not make one.
Result<DataChoice> choose_existing_data(const CommandLine& line);

}  // namespace tollgate
