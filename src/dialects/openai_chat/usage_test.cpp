#include "dialects/openai_chat/usage.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "json/document.h"
#include "json/scan.h"
#include "json/data_for_test.h"

namespace tollgate::openai_chat {
namespace {

UsageReading read(std::string_view text, UsageQuirks quirks = {}) {
  auto value = json::scan(text);
  EXPECT_TRUE(value) << text;
  return read_usage(*value, quirks);
}

TEST(Usage, KeepsExplicitZero) {
  auto reading = read(R"({"prompt_tokens":0,"completion_tokens":0,"total_tokens":0})");
  ASSERT_TRUE(reading.usage);
  EXPECT_TRUE(reading.usage->nothing());
  EXPECT_FALSE(reading.absurd);
}

TEST(Usage, TakesNothingForNone) {
  for (auto text : {"null", "{}", R"({"prompt_tokens":null})", R"({"completion_tokens":3})", R"({"cost":0.5})"}) {
    EXPECT_FALSE(read(text).usage) << text;
    EXPECT_FALSE(read(text).absurd) << text;
  }
}

TEST(Usage, FlagsImpossibleNumbers) {
  for (auto number : {"-5", "1.5", "\"9\"", "1000000000001", "18446744073709551616", "1e18", "{}", "true"}) {
    auto reading = read(std::string("{\"prompt_tokens\":9,\"completion_tokens\":") + number + "}");
    EXPECT_FALSE(reading.usage) << number;
    EXPECT_TRUE(reading.absurd) << number;
  }
  EXPECT_TRUE(read("[]").absurd);
}

TEST(Usage, CountsAnImpossibleDetailAsZeroAndFlagsIt) {
  auto reading = read(R"({"prompt_tokens":9,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":-4}})");
  ASSERT_TRUE(reading.usage);
  EXPECT_EQ(reading.usage->input.count, 9);
  EXPECT_TRUE(reading.absurd);
}

TEST(Usage, NeverCountsOverlappingPartsTwice) {
  auto usage = *read(R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":
                         {"cached_tokens":8,"audio_tokens":6,"cache_write_tokens":9},
                         "completion_tokens_details":{"reasoning_tokens":4,"audio_tokens":4}})")
                    .usage;
  EXPECT_EQ(usage.all_input().count, 10);
  EXPECT_EQ(usage.all_output().count, 5);
  EXPECT_EQ(usage.cache_read.count, 8);
  EXPECT_EQ(usage.cache_write_5m.count, 2);
}

Usage expected_usage(const json::Node& node) {
  auto bucket = [&](const char* name) { return Tokens{node[name].integer().value_or(0)}; };
  return {.input = bucket("input"),
          .cache_read = bucket("cache_read"),
          .cache_write_5m = bucket("cache_write_5m"),
          .cache_write_1h = bucket("cache_write_1h"),
          .audio_input = bucket("audio_input"),
          .output = bucket("output"),
          .reasoning = bucket("reasoning"),
          .audio_output = bucket("audio_output")};
}

std::string shown(const Usage& usage) {
  return fmt::format("input {} read {} written {} audio {} / output {} reasoning {} audio {}", usage.input.count,
                     usage.cache_read.count, usage.cache_write_5m.count, usage.audio_input.count, usage.output.count,
                     usage.reasoning.count, usage.audio_output.count);
}

// tests/matrix/usage/*.json: {"why", "quirks": [..], "payload": {answer or chunk}, "expected": {buckets} or null,
// "absurd"}
TEST(Usage, EqualsTheBucketsComputedByHand) {
  std::filesystem::path folder = std::filesystem::path(TOLLGATE_SOURCE_DIR) / "tests/matrix/usage";
  std::size_t cases = 0;
  for (const auto& path : json::test::files_in(folder)) {
    if (path.extension() != ".json") continue;
    std::string text = json::test::file_text(path);
    auto root = json::scan(text);
    auto document = json::Document::parse(text);
    ASSERT_TRUE(root && document) << path;
    UsageQuirks quirks;
    for (json::Node quirk : document->root()["quirks"].elements()) {
      quirks.reasoning_outside_completion |= quirk.string() == "reasoning_outside_completion";
      quirks.cached_beyond_prompt |= quirk.string() == "cached_beyond_prompt";
      quirks.hidden_reasoning_in_total |= quirk.string() == "hidden_reasoning_in_total";
    }
    auto found = find_usage(*json::find(*root, "payload"));
    UsageReading reading = found ? read_usage(*found, quirks) : UsageReading{};
    json::Node expected = document->root()["expected"];
    EXPECT_EQ(reading.usage.has_value(), expected.is(json::Kind::object)) << path;
    if (reading.usage) {
      reading.usage->beside = {};  // the recordings' readers know buckets alone
      EXPECT_EQ(*reading.usage, expected_usage(expected)) << path << ": " << shown(*reading.usage);
    }
    EXPECT_EQ(reading.absurd, document->root()["absurd"].boolean().value_or(false)) << path;
    ++cases;
  }
  EXPECT_GE(cases, 12u);
}

}  // namespace
}  // namespace tollgate::openai_chat
