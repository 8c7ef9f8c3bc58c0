#include "app/config_reference.h"

#include <cstdio>
#include <memory>

#include "app/config.h"
#include "config/reference.h"

namespace tollgate {
namespace {

constexpr std::string_view introduction =
    "All settings of `tollgate.yaml`, made from the program's own description of them (`tollgate describe`).\n\n"
    "Unknown or misspelt names, wrong types, names that lead nowhere and policies that can never act are errors at "
    "load, each\n"
    "with its place: `tollgate check FILE`. A secret is `env:NAME`, `file:PATH` or `vault:NAME`. Durations are `250ms "
    "5s 10m 1h\n"
    "7d`, sizes `64KiB 1MiB`, money decimal US dollars. A list of one may be written without brackets.";

constexpr std::string_view example_head =
    "# tollgate.yaml: every setting with its default. What has no default is an example behind `#` without a blank.\n"
    "# Check a file with: tollgate check tollgate.yaml\n";

bool write_file(const std::string& path, const std::string& text) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
  return file && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() && std::fflush(file.get()) == 0;
}

}  // namespace

std::string config_reference_markdown() {
  return config::markdown_reference(type_of<Config>(), "Settings", introduction);
}

std::string config_schema() {
  return config::json_schema(type_of<Config>(), "Settings of Tollgate", "tollgate.schema.json");
}

std::string default_config_yaml() { return config::example_yaml(type_of<Config>(), example_head); }

bool write_config_reference(const std::string& folder) {
  bool page = write_file(folder + "/config.md", config_reference_markdown());
  return write_file(folder + "/tollgate.schema.json", config_schema()) && page;
}

}  // namespace tollgate
