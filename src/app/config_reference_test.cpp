#include "app/config_reference.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "app/config.h"
#include "config/walk.h"
#include "json/scan.h"

namespace tollgate {
namespace {

const std::string generated = std::string(TOLLGATE_SOURCE_DIR) + "/docs/generated";

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

ConfigOptions any_secret() {
  ConfigOptions options;
  options.secrets = {
      .env = [](std::string_view name) { return std::optional("long-enough-secret-" + std::string(name)); },
      .file = [](const std::string&) { return std::optional<std::string>("x"); }};
  return options;
}

std::string faults_of(std::string_view text) {
  auto result = load_config(text, "example", any_secret());
  std::string out;
  if (!result)
    for (const auto& fault : result.error()) out += to_string(fault) + "\n";
  return out;
}

// Takes away the `#` of example lines: those without a blank after it.
std::string with_examples(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    std::size_t mark = line.find_first_not_of(' ');
    if (mark != std::string::npos && line[mark] == '#' && mark + 1 < line.size() && line[mark + 1] != ' ')
      line.erase(mark, 1);
    out += line + "\n";
    at = end + 1;
  }
  return out;
}

// Every described field below a type, as the last part of its name.
void collect(const Type& type, std::vector<std::string>& names) {
  if (type.shape != Shape::group) {
    if (type.inner != nullptr) collect(*type.inner, names);
    return;
  }
  config::with_fields(type, [&](const Fields& fields) {
    for (const Field& field : fields.all()) {
      names.emplace_back(field.name);
      if (field.available()) collect(*field.type, names);
    }
  });
}

// Set TOLLGATE_REGENERATE=1 to write the files instead of comparing them.
TEST(ConfigReference, CommittedFilesAreWhatTheProgramSays) {
  if (std::getenv("TOLLGATE_REGENERATE") != nullptr) {
    ASSERT_TRUE(write_config_reference(generated));
  }
  EXPECT_EQ(file_text(generated + "/config.md"), config_reference_markdown())
      << "run app_test with TOLLGATE_REGENERATE=1, or ./dev docs";
  EXPECT_EQ(file_text(generated + "/tollgate.schema.json"), config_schema());
}

TEST(ConfigReference, NamesEveryDescribedSetting) {
  std::vector<std::string> names;
  collect(type_of<Config>(), names);
  EXPECT_GT(names.size(), 120u);
  std::string page = config_reference_markdown();
  for (const auto& name : names)
    EXPECT_TRUE(page.find("`" + name + "`") != std::string::npos || page.find("." + name + "`") != std::string::npos ||
                page.find("`" + name + "NAME`") != std::string::npos)
        << name;
}

TEST(ConfigReference, EveryFieldHasASentenceAndOneValueToShow) {
  std::vector<const Type*> groups = {&type_of<Config>()};
  for (std::size_t i = 0; i < groups.size(); ++i)
    config::with_fields(*groups[i], [&](const Fields& fields) {
      for (const Field& field : fields.all()) {
        EXPECT_TRUE(field.help.ends_with('.')) << field.name;
        if (!field.available()) continue;
        const Type* type = field.type;
        while (type->inner != nullptr) type = type->inner;
        if (type->shape == Shape::group)
          groups.push_back(type);
        else
          EXPECT_FALSE(config::default_text(field).empty() && field.example_text.empty()) << field.name;
      }
    });
}

TEST(ConfigReference, SchemaIsJson) {
  auto scanned = json::scan(config_schema());
  EXPECT_TRUE(scanned);
}

TEST(ConfigReference, TheExampleFileMeansTheDefaults) {
  auto result = load_config(default_config_yaml(), "example", any_secret());
  ASSERT_TRUE(result) << faults_of(default_config_yaml());
  EXPECT_TRUE(result->warnings.empty());
  EXPECT_TRUE(result->config.providers.empty());
  EXPECT_EQ(result->config.server.listen, ServerConfig{}.listen);
  EXPECT_EQ(result->config.ledger.keep, LedgerConfig{}.keep);
  EXPECT_EQ(result->config.admin.token, AdminConfig{}.token);
}

TEST(ConfigReference, TheExampleFileLoadsWithItsExamplesToo) {
  std::string whole = with_examples(default_config_yaml());
  EXPECT_EQ(faults_of(whole), "") << whole;
  auto result = load_config(whole, "example", any_secret());
  ASSERT_TRUE(result);
  EXPECT_NE(result->config.routes.find("gpt-4o"), nullptr);
  EXPECT_EQ(result->config.keys.find("search-dev")->limits.size(), 1u);
}

}  // namespace
}  // namespace tollgate
