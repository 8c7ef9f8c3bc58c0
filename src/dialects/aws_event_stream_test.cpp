#include "dialects/aws_event_stream.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/base64.h"

namespace tollgate {
namespace {

// The first message of a recorded ConverseStream.
constexpr std::string_view recorded =
    "AAAApAAAAFJl4NbnCzpldmVudC10eXBlBwAMbWVzc2FnZVN0YXJ0DTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVudHsicCI6"
    "ImFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6QUJDREVGR0hJSktMTSIsInJvbGUiOiJhc3Npc3RhbnQifSKBqDQ=";

struct Outcome {
  std::vector<std::string> frames;
  bool failed = false;
};

Outcome frame(std::string_view bytes, std::size_t step, std::size_t bound = default_max_event_bytes) {
  AwsEventFramer framer(bound);
  Outcome outcome;
  Frame one;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string piece(bytes.substr(at, step));
    framer.feed(piece);
    while (framer.next(one)) outcome.frames.push_back(std::string(one.name) + "|" + std::string(one.error_field) + "|" + std::string(one.data));
  }
  outcome.failed = framer.failure().has_value();
  return outcome;
}

TEST(AwsEventStream, ReadsARecordedMessage) {
  Outcome outcome = frame(*decode_base64(recorded), 1000);
  ASSERT_EQ(outcome.frames.size(), 1u);
  EXPECT_TRUE(outcome.frames[0].starts_with("messageStart||{\"p\":"));
  EXPECT_TRUE(outcome.frames[0].ends_with("\"role\":\"assistant\"}"));
}

TEST(AwsEventStream, WritesWhatItReadsForEveryChunking) {
  std::string bytes;
  append_aws_event(bytes, "contentBlockDelta", R"({"delta":{"text":"ä"}})");
  append_aws_exception(bytes, "throttlingException", R"({"message":"slow"})");
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    Outcome outcome = frame(bytes, step);
    ASSERT_EQ(outcome.frames.size(), 2u) << step;
    EXPECT_EQ(outcome.frames[0], R"(contentBlockDelta||{"delta":{"text":"ä"}})");
    EXPECT_EQ(outcome.frames[1], R"(|throttlingException|{"message":"slow"})");
    EXPECT_FALSE(outcome.failed);
  }
}

TEST(AwsEventStream, RefusesEveryFlippedBit) {
  std::string bytes;
  append_aws_event(bytes, "messageStop", "{}");
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string broken = bytes;
    broken[at] = static_cast<char>(broken[at] ^ 4);
    Outcome outcome = frame(broken, 1000);
    EXPECT_TRUE(outcome.frames.empty()) << at;
    EXPECT_TRUE(outcome.failed) << at;
  }
}

TEST(AwsEventStream, RefusesMessagesThatAreTooLarge) {
  std::string bytes;
  append_aws_event(bytes, "messageStop", std::string(1000, ' '));
  EXPECT_TRUE(frame(bytes, 7, 512).failed);
}

}  // namespace
}  // namespace tollgate
