// The golden corpus, tests/matrix/usage/answers/*.json: {"why", "dialect", "answer", "frames" of the same answer streamed, "prices" in
// nano-USD for a million tokens, "expected" buckets, "nano_usd" and the sum by hand that it is}. Whole and streamed say the same.

#include <gtest/gtest.h>

#include "dialects/all.h"
#include "dialects/fields.h"
#include "json/data_for_test.h"
#include "json/scan.h"
#include "pricing/price.h"

namespace tollgate {
namespace {

using json::Value;

std::int64_t number(const Value& object, std::string_view name) { return field_of(object, name).integer().value_or(0); }

Usage expected_of(const Value& buckets) {
  auto bucket = [&](std::string_view name) { return Tokens{number(buckets, name)}; };
  return {.input = bucket("input"),
          .cache_read = bucket("cache_read"),
          .cache_write_5m = bucket("cache_write_5m"),
          .cache_write_1h = bucket("cache_write_1h"),
          .audio_input = bucket("audio_input"),
          .output = bucket("output"),
          .reasoning = bucket("reasoning"),
          .audio_output = bucket("audio_output")};
}

Price price_of(const Value& prices) {
  auto listed = [&](std::string_view name) { return field_of(prices, name).integer(); };
  return {.id = "by hand",
          .rates = rates_from({.input = listed("input"),
                               .cached_input = listed("cached_input"),
                               .cache_write_5m = listed("cache_write_5m"),
                               .cache_write_1h = listed("cache_write_1h"),
                               .audio_input = listed("audio_input"),
                               .output = listed("output"),
                               .reasoning = {},
                               .audio_output = listed("audio_output"),
                               .image = {},
                               .request = {}}),
          .tiers = {}};
}

std::optional<Usage> streamed(const Dialect& dialect, const Value& frames) {
  auto reader = dialect.event_reader();
  std::vector<StreamEvent> events;
  for (const Value& one : json::Elements(frames)) {
    std::string name = text_field(one, "name"), data = raw_field(one, "data");
    Frame frame;
    frame.name = name;
    frame.data = data;
    frame.has_data = true;
    reader->read(frame, events);
  }
  if (dialect.name() == "openai_chat") {
    Frame done;
    done.data = "[DONE]";
    done.has_data = true;
    reader->read(done, events);
  }
  EXPECT_FALSE(reader->end(events));
  std::optional<Usage> usage;
  for (const StreamEvent& event : events)
    if (const auto* seen = std::get_if<UsageSeen>(&event)) usage = seen->usage;
  return usage;
}

TEST(GoldenUsage, EqualsBucketsAndMoneyByHand) {
  std::filesystem::path folder = std::filesystem::path(TOLLGATE_SOURCE_DIR) / "tests/matrix/usage/answers";
  std::set<std::string> dialects;
  for (const auto& path : json::test::files_in(folder)) {
    std::string text = json::test::file_text(path);
    auto root = json::scan(text);
    ASSERT_TRUE(root) << path;
    const Dialect* dialect = find_dialect(text_field(*root, "dialect"));
    ASSERT_NE(dialect, nullptr) << path;
    dialects.insert(std::string(dialect->name()));
    Usage expected = expected_of(field_of(*root, "expected"));
    auto answer = dialect->read_response(raw_field(*root, "answer"));
    ASSERT_TRUE(answer && answer->usage) << path;
    expected.beside = answer->usage->beside;  // of which the cases by hand know nothing (dialects/billed_beside_test.cpp)
    EXPECT_EQ(*answer->usage, expected) << path;
    EXPECT_EQ(cost(price_of(field_of(*root, "prices")), *answer->usage).nano_usd, number(*root, "nano_usd")) << path;
    Value frames = field_of(*root, "frames");
    if (frames.is(json::Kind::array)) {
      EXPECT_EQ(streamed(*dialect, frames), expected) << path;
    }
  }
  EXPECT_EQ(dialects.size(), all_dialects().size());
}

}  // namespace
}  // namespace tollgate
