#include "dialects/retry_after.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dialects/openai_errors.h"
#include "json/document.h"
#include "json/data_for_test.h"

namespace tollgate {
namespace {

constexpr WallTime now{std::int64_t{1'795'350'000} * 1'000'000'000};

RetryAdvice advice(std::string_view name, std::string_view value) {
  RetryHints hints;
  hints.take(name, value);
  return hints.read(now);
}

TEST(RetryAfter, ReadsSecondsFractionsAndDates) {
  EXPECT_EQ(advice("Retry-After", "5").wait, milliseconds(5000));
  EXPECT_EQ(advice("retry-after", "0.0001").wait, milliseconds(1));
  EXPECT_EQ(advice("Retry-After", "Sun, 22 Nov 2026 12:20:20 GMT").wait, milliseconds(20'000));
  EXPECT_EQ(advice("Retry-After", "Sun, 22 Nov 2020 12:20:20 GMT").wait, milliseconds(0));
}

TEST(RetryAfter, TakesNothingThatIsNoNumber) {
  for (auto text : {"", "-1", "+1", "1.", ".5", "1,5", "NaN", "5 s", "٣", "1_000"}) {
    EXPECT_FALSE(advice("retry-after", text).wait) << text;
    EXPECT_FALSE(advice("retry-after", text).over_cap) << text;
  }
}

TEST(RetryAfter, TellsAWaitBeyondTheCapApart) {
  EXPECT_EQ(advice("retry-after", "120").wait, milliseconds(120'000));
  EXPECT_FALSE(advice("retry-after", "120.001").wait);
  EXPECT_TRUE(advice("retry-after", "120.001").over_cap);
  EXPECT_TRUE(advice("retry-after", "99999999999999999999999999").over_cap);
}

TEST(RetryAfter, CountsOnlyResetsOfUsedUpCounters) {
  RetryHints hints;
  hints.take("x-ratelimit-remaining-requests", "3");
  hints.take("x-ratelimit-reset-requests", "9s");
  EXPECT_FALSE(hints.read(now).wait);
  hints.take("x-ratelimit-remaining-tokens", "0");
  hints.take("x-ratelimit-reset-tokens", "2m0.5s");
  EXPECT_TRUE(hints.read(now).over_cap);
  hints.take("x-ratelimit-reset-tokens", "1795350007");  // Unix seconds (Cohere)
  EXPECT_EQ(hints.read(now).wait, milliseconds(7000));
}

TEST(RetryAfter, ReadsDurations) {
  EXPECT_EQ(parse_reset_time("1h2m3.5s"), milliseconds(3'723'500));
  EXPECT_EQ(parse_reset_time("6ms"), milliseconds(6));
  EXPECT_FALSE(parse_reset_time("6"));
  EXPECT_FALSE(parse_reset_time("s"));
  EXPECT_FALSE(parse_reset_time("1x"));
  EXPECT_FALSE(parse_reset_time("1.5.5s"));
}

// What the shared set calls "stop": never again on this credential.
bool stops(const Error& error, const RetryAdvice& hint) {
  return error.fault == Fault::upstream_quota || hint.should_retry == false;
}

TEST(RetryAfter, AgreesWithTheSharedCases) {
  TG_SHARED_OR_SKIP(path, "badinput/retry-after/cases.jsonl");
  std::size_t cases = 0;
  for (const std::string& line : json::test::file_lines(path)) {
    auto document = json::Document::parse(line);
    ASSERT_TRUE(document);
    json::Node test = document->root(), wait = test["wait_s"];
    WallTime at{*test["now_unix"].integer() * 1'000'000'000};
    openai::UpstreamRefusal refusal{
        .status = static_cast<int>(*test["status"].integer()), .body = test["body"].string().value_or(""), .hints = {}};
    for (json::Node header : test["headers"].elements()) refusal.hints.take(*header[0].string(), *header[1].string());
    Error error = openai::read_refusal(refusal, at);
    std::string id(*test["id"].string());
    EXPECT_EQ(stops(error, refusal.hints.read(at)), wait.is(json::Kind::string)) << id;
    std::optional<milliseconds> expected;
    if (auto seconds = wait.real()) expected = milliseconds(std::llround(*seconds * 1000));
    EXPECT_EQ(error.retry_after, expected) << id;
    ++cases;
  }
  EXPECT_EQ(cases, 35u);
}

}  // namespace
}  // namespace tollgate
