#include <gtest/gtest.h>

#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"

namespace tollgate {
namespace {

TEST(Money, ReadsDecimalDollarsExactly) {
  EXPECT_EQ(parse_usd("50"), usd(50));
  EXPECT_EQ(parse_usd("0.000000001"), Money{1});
  EXPECT_EQ(parse_usd("-1.5"), Money{-1'500'000'000});
  EXPECT_EQ(parse_usd("0.1000000000000"), Money{100'000'000});
}

TEST(Money, RefusesWhatItCannotHoldExactly) {
  for (auto text : {"", ".", "1e3", "0.0000000001", "1.2.3", "9999999999999999999", "1,5", " 1"})
    EXPECT_FALSE(parse_usd(text)) << text;
}

TEST(Money, PrintsWhatItReads) {
  for (auto text : {"50", "0.0025", "-1.5", "0", "0.000000001"}) EXPECT_EQ(format_usd(*parse_usd(text)), text);
}

TEST(Money, SaturatesInsteadOfWrapping) {
  EXPECT_EQ(Money{INT64_MAX} + Money{1}, Money{INT64_MAX});
  EXPECT_EQ(Money{INT64_MIN} - Money{1}, Money{INT64_MIN});
}

TEST(Time, WritesAndReadsRfc3339) {
  WallTime at;
  ASSERT_TRUE(parse_rfc3339("2026-11-22T20:17:00.25+01:00", at));
  EXPECT_EQ(rfc3339(at), "2026-11-22T19:17:00.250Z");
  ASSERT_TRUE(parse_rfc3339("2027-01-01", at));
  EXPECT_EQ(rfc3339(at), "2027-01-01T00:00:00.000Z");
}

TEST(Time, RefusesDatesThatDoNotExistOrDoNotFit) {
  WallTime at;
  for (auto text : {"2026-02-30", "2026-13-01", "2026-1-1", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00", "3026-01-01",
                    "9999-12-31T23:59:59Z", "0001-01-01"})
    EXPECT_FALSE(parse_rfc3339(text, at)) << text;
}

TEST(RequestId, GrowsWithinAMillisecondAndSurvivesAsText) {
  RequestIdSource source(7);
  RequestId first = source.next({1'000'000'000}, 99), second = source.next({1'000'000'000}, 1);
  EXPECT_LT(first, second);
  EXPECT_LT(to_string(first), to_string(second));
  EXPECT_EQ(parse_request_id(to_string(first)), first);
  EXPECT_FALSE(parse_request_id("req_ 0000000000000000000000000"));
}

TEST(RequestId, GrowsWhenTheClockGoesBack) {
  RequestIdSource source(1);
  RequestId first = source.next({5'000'000'000}, 0);
  EXPECT_LT(first, source.next({1'000'000'000}, 0));
}

TEST(Text, FindsTheNearestWord) {
  EXPECT_EQ(nearest("timout", {"listen", "timeout"}), "timeout");
  EXPECT_EQ(nearest("banana", {"listen", "timeout"}), std::nullopt);
}

TEST(Text, KnowsUtf8FromWhatOnlyLooksLikeIt) {
  EXPECT_TRUE(valid_utf8("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80"));
  for (auto text : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"}) EXPECT_FALSE(valid_utf8(text));
}

Result<int> half(int n) {
  if (n % 2 != 0) return fail(Fault::invalid_request, "odd", "n");
  return n / 2;
}
Result<int> quarter(int n) {
  TG_TRY(h, half(n));
  return half(h);
}

TEST(Result, HandsAnErrorOn) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().param, "n");
}

TEST(Fault, EveryOneHasAName) {
  for (int i = 0; i < fault_count; ++i) EXPECT_FALSE(info(static_cast<Fault>(i)).name.empty());
}

}  // namespace
}  // namespace tollgate
