#include "app/config_corpus.h"

#include <algorithm>

namespace tollgate {
namespace {

std::optional<std::string> variable(std::string_view name) {
  if (name.starts_with("MISSING") || name == "TOLLGATE_ADMIN_TOKEN") return std::nullopt;
  if (name == "EMPTY") return "";
  if (name == "BLANK") return "two words of a secret";
  if (name == "SHORT") return "sk-1234";
  if (name.starts_with("SAME")) return "the-same-secret-twice";
  return "long-enough-secret-" + std::string(name);
}

std::optional<std::string> file(const std::string& path) {
  return path.starts_with("missing") ? std::nullopt : std::optional<std::string>("long-enough-contents");
}

}  // namespace

ConfigOptions corpus_options() {
  return {.secrets = {.env = variable, .file = file},
          .catalogue_has_price = [](std::string_view name) { return name == "gpt-4o"; },
          .zone_exists = [](std::string_view zone) { return zone == "UTC" || zone == "Europe/Berlin"; }};
}

void refuses_all(std::span<const WrongConfig> cases, std::string_view rest) {
  for (const WrongConfig& wrong : cases) {
    auto result = load_config(std::string(wrong.text) + std::string(rest), "f", corpus_options());
    ASSERT_FALSE(result) << wrong.text;
    auto faults = result.error();
    std::erase_if(faults, [](const ConfigFault& fault) { return fault.severity == config::Severity::warning; });
    EXPECT_EQ(faults.size(), 1u) << wrong.text << to_string(faults.back());
    std::string message = to_string(faults.at(0));
    EXPECT_EQ(message.substr(0, message.find(": ")), "f:" + std::string(wrong.place)) << wrong.text << message;
    EXPECT_NE(message.find(wrong.words), std::string::npos) << wrong.text << message;
  }
}

TEST(ConfigCorpus, AcceptsWhatItsCasesLeanOn) {
  auto result = load_config(provider_and_route, "f", corpus_options());
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->warnings.empty());
}

TEST(ConfigCorpus, NoMessageRepeatsASecret) {
  for (auto text : {"keys: { k: { secret: hidden-secret } }", "admin: { token: hidden-secret }",
                    "store: postgres://me:hidden@db/x", "keys: { k: { secret: [hidden] } }",
                    "providers: { p: { type: compatible, base_url: \"https://me:hidden@host/v1\" } }",
                    "providers: { p: { type: openai, keys: { k: { secret: hidden-secret, other: x } } } }"}) {
    auto result = load_config(text, "f", corpus_options());
    ASSERT_FALSE(result);
    for (const auto& fault : result.error())
      EXPECT_EQ(to_string(fault).find("hidden"), std::string::npos) << to_string(fault);
  }
}

}  // namespace tollgate
