#include "limits/zone.h"

#include <gtest/gtest.h>

#include "base/time.h"
#include "limits/posix_rule.h"
#include "limits/zone_for_test.h"

namespace tollgate {
namespace {

std::int64_t second(std::string_view text) { return at(text).unix_seconds(); }

TEST(Zone, FollowsTheRuleOfItsLastLineToTheSecond) {
  auto zone = berlin();
  EXPECT_EQ(zone->offset_at(second("2026-03-29T00:59:59Z")), 3600);
  EXPECT_EQ(zone->offset_at(second("2026-03-29T01:00:00Z")), 7200);
  EXPECT_EQ(zone->offset_at(second("2026-10-25T00:59:59Z")), 7200);
  EXPECT_EQ(zone->offset_at(second("2026-10-25T01:00:00Z")), 3600);
  EXPECT_EQ(zone->offset_at(second("2199-07-01T00:00:00Z")), 7200);
  EXPECT_EQ(zone->offset_at(second("2199-12-01T00:00:00Z")), 3600);
}

TEST(Zone, PrefersTheTableToTheRuleWhereTheTableSpeaks) {
  auto zone = zone_of("X", {.offsets = {0, 1800, 3600},
                            .transitions = {{second("2026-01-10"), 1}, {second("2026-06-10"), 2}},
                            .rule = "CET-1CEST,M3.5.0,M10.5.0/3"});
  EXPECT_EQ(zone->offset_at(second("2026-01-09T23:59:59Z")), 0);
  EXPECT_EQ(zone->offset_at(second("2026-05-01")), 1800);
  EXPECT_EQ(zone->offset_at(second("2026-07-01")), 3600);
  EXPECT_EQ(zone->offset_at(second("2026-12-01")), 3600);
  EXPECT_EQ(zone->offset_at(second("2027-07-01")), 7200);
}

TEST(Zone, ReadsRulesOfTheSouthAndRulesWithOddOffsets) {
  auto sydney = zone_of("S", {.offsets = {36000}, .rule = "AEST-10AEDT,M10.1.0,M4.1.0/3"});
  EXPECT_EQ(sydney->offset_at(second("2026-01-01")), 39600);
  EXPECT_EQ(sydney->offset_at(second("2026-06-01")), 36000);
  auto lord_howe = zone_of("L", {.offsets = {37800}, .rule = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"});
  EXPECT_EQ(lord_howe->offset_at(second("2026-01-01")), 39600);
  EXPECT_EQ(lord_howe->offset_at(second("2026-06-01")), 37800);
  auto kathmandu = zone_of("K", {.offsets = {20700}, .rule = "<+0545>-5:45"});
  EXPECT_EQ(kathmandu->offset_at(second("2050-06-01")), 20700);
}

TEST(Zone, UnderstandsSummerTimeAllYear) {
  auto zone = zone_of("X", {.offsets = {-10800}, .rule = "XXX3EDT4,0/0,J365/23"});
  EXPECT_EQ(zone->offset_at(second("2026-01-01T12:00:00Z")), -14400);
  EXPECT_EQ(zone->offset_at(second("2026-12-31T23:59:59Z")), -14400);
}

TEST(Zone, CountsDaysOfRulesAsTheStandardSays) {
  auto rule = parse_posix_rule("AAA0BBB,J60/0,59/0");
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->summer_begins.in_year(2026), second("2026-03-01"));
  EXPECT_EQ(rule->summer_begins.in_year(2028), second("2028-03-01"));
  EXPECT_EQ(rule->summer_ends.in_year(2026), second("2026-03-01"));
  EXPECT_EQ(rule->summer_ends.in_year(2028), second("2028-02-29"));
}

TEST(Zone, RefusesBrokenRules) {
  for (auto text :
       {"", "A", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J365", "CET-1CEST,366,J365", "CET-200", "CET-1CEST,M3.5.0,M10.5.0x"})
    EXPECT_FALSE(parse_posix_rule(text)) << text;
}

TEST(Zone, RefusesEveryFileThatIsCut) {
  std::string whole = ZoneFile{.offsets = {0, 3600}, .transitions = {{1000, 1}, {2000, 0}}, .rule = "UTC0"}.bytes();
  ASSERT_TRUE(Zone::parse("X", whole));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(Zone::parse("X", std::string(whole, 0, size))) << size;
}

TEST(Zone, RefusesTablesThatRunBackOrPointNowhere) {
  EXPECT_FALSE(Zone::parse("X", ZoneFile{.offsets = {0, 3600}, .transitions = {{2000, 1}, {1000, 0}}}.bytes()));
  EXPECT_FALSE(Zone::parse("X", ZoneFile{.offsets = {0, 3600}, .transitions = {{1000, 2}}}.bytes()));
  EXPECT_FALSE(Zone::parse("X", ZoneFile{.offsets = {100'000}}.bytes()));
}

TEST(Zone, NamesTheZoneThatIsMissing) {
  for (auto name : {"Europe/Atlantis", "", "../etc/passwd", "/etc/passwd", "Europe/"}) {
    auto zone = Zone::load(name);
    ASSERT_FALSE(zone) << name;
    EXPECT_NE(zone.error().detail.find(name), std::string::npos);
  }
}

TEST(Zone, KnowsUtcWithoutAnyFile) {
  auto zone = Zone::load("UTC", "/nonexistent");
  ASSERT_TRUE(zone);
  EXPECT_EQ((*zone)->offset_at(0), 0);
}

TEST(Zone, AgreesWithTheSystemsTableOfRealZones) {
  auto zone = Zone::load("America/New_York");
  if (!zone) GTEST_SKIP() << "tzdata is not installed";
  EXPECT_EQ((*zone)->offset_at(second("2026-03-08T06:59:59Z")), -18000);
  EXPECT_EQ((*zone)->offset_at(second("2026-03-08T07:00:00Z")), -14400);
  EXPECT_EQ((*zone)->offset_at(second("1945-08-14T23:00:00Z")), -14400);
  EXPECT_EQ((*zone)->offset_at(second("2100-07-01T00:00:00Z")), -14400);
}

}  // namespace
}  // namespace tollgate
