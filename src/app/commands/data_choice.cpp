#include "app/commands/data_choice.h"

#include <fmt/format.h>

#include "config/load.h"
#include "config/secrets.h"
#include "config/yaml.h"

namespace tollgate {
namespace {

std::unexpected<Error> in_words(const std::string& file, config::Faults& faults) {
  std::string text = fmt::format("the configuration cannot be used; `tollgate check {}`", file);
  for (const ConfigFault& fault : faults.take()) text += "\n" + to_string(fault);
  return fail(Error{.fault = Fault::unavailable, .detail = std::move(text)});
}

}  // namespace

Result<Config> read_names(const std::string& file) {
  config::Faults faults(file);
  auto text = config::read_file(file, config::max_file_bytes);
  if (!text) return fail(Fault::invalid_request, fmt::format("{} cannot be read", file), "config");
  Config names;
  if (auto root = config::parse_yaml(*text, faults)) config::load(*root, names, {.allow_plain_secrets = true}, faults);
  if (faults.any_error()) return in_words(file, faults);
  return names;
}

Result<DataChoice> choose_data(const CommandLine& line) {
  DataChoice choice{.path = default_data_folder};
  if (auto file = line.value(config_option.name)) {
    TG_TRY(names, read_names(*file));
    choice.path = names.data;
    choice.config = std::move(names);
  }
  if (auto folder = line.value(data_option.name)) choice.path = *folder;
  if (choice.path.empty()) return fail(Fault::invalid_request, "the data folder has no name", "data");
  return choice;
}

Result<DataChoice> choose_existing_data(const CommandLine& line) {
  TG_TRY(choice, choose_data(line));
  std::error_code ignored;
  if (!std::filesystem::is_directory(choice.path, ignored))
    return fail(Fault::invalid_request,
                fmt::format("there is no data folder {}; name it with --data", choice.path.string()), "data");
  return choice;
}

}  // namespace tollgate
