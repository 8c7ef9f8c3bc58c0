#include "app/commands/description.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "app/commands/described_settings.h"

namespace tollgate {
namespace {

TEST(Description, ListsSettingsWithTheirWholePath) {
  auto settings = described_settings();
  auto has = [&](std::string_view name) {
    return std::ranges::any_of(settings, [&](const DescribedSetting& setting) { return setting.name == name; });
  };
  EXPECT_TRUE(has("server.listen"));
  EXPECT_TRUE(has("routes.NAME.targets[].provider"));
  EXPECT_TRUE(has("keys.NAME.limits[].usd"));
  EXPECT_TRUE(has("limits.NAME.match.tags.NAME"));
}

TEST(Description, SaysWhatIsNotYetAvailable) {
  auto settings = described_settings();
  auto cache = std::ranges::find(settings, "cache", &DescribedSetting::name);
  ASSERT_NE(cache, settings.end());
  EXPECT_FALSE(cache->available);
}

TEST(Description, HasTheSameThingsAsTextAndAsData) {
  std::string text = description_text(), data = description_json();
  for (const char* word : {"tollgate_requests_total", "upstream_rate_limited", "perplexity", "anthropic_messages",
                           "/v1/usage", "keys", "server.max_body"}) {
    EXPECT_NE(text.find(word), std::string::npos) << word;
    EXPECT_NE(data.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace tollgate
