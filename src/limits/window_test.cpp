#include "limits/window.h"

#include <gtest/gtest.h>

#include <map>

#include "limits/zone_for_test.h"

namespace tollgate {
namespace {

Window window(Every every, std::shared_ptr<const Zone> zone) { return Window::calendar(every, std::move(zone)); }

void expect_period(const Window& window, std::string_view moment, std::string_view begin, std::string_view end) {
  Period period = window.period_at(at(moment));
  EXPECT_EQ(rfc3339(period.begin), rfc3339(at(begin))) << moment;
  EXPECT_EQ(rfc3339(period.end), rfc3339(at(end))) << moment;
}

TEST(Window, CutsUtcIntoMinutesHoursDaysWeeksAndMonths) {
  expect_period(window(Every::minute, utc()), "2026-11-22T19:17:59.999Z", "2026-11-22T19:17:00Z",
                "2026-11-22T19:18:00Z");
  expect_period(window(Every::hour, utc()), "2026-11-22T19:17:00Z", "2026-11-22T19:00:00Z", "2026-11-22T20:00:00Z");
  expect_period(window(Every::day, utc()), "2026-11-22T00:00:00Z", "2026-11-22", "2026-11-23");
  expect_period(window(Every::week, utc()), "2026-11-22T23:59:59Z", "2026-11-16", "2026-11-23");
  expect_period(window(Every::week, utc()), "2026-11-23T00:00:00Z", "2026-11-23", "2026-11-30");
  expect_period(window(Every::month, utc()), "2028-02-29T12:00:00Z", "2028-02-01", "2028-03-01");
  expect_period(window(Every::month, utc()), "2026-12-31T23:59:59Z", "2026-12-01", "2027-01-01");
}

TEST(Window, HasDaysOf23And25HoursWhenSummerTimeChanges) {
  Window day = window(Every::day, berlin());
  expect_period(day, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
  expect_period(day, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
  expect_period(window(Every::month, berlin()), "2026-10-25T12:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z");
  expect_period(window(Every::week, berlin()), "2026-10-25T22:59:59Z", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z");
}

TEST(Window, KeepsHoursAnHourLongWhenSummerTimeChanges) {
  Window hour = window(Every::hour, berlin());
  expect_period(hour, "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z");
  expect_period(hour, "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z");
}

TEST(Window, CutsHoursByTheClockOfTheZone) {
  auto kathmandu = zone_of("K", {.offsets = {20700}, .rule = "<+0545>-5:45"});
  expect_period(window(Every::hour, kathmandu), "2026-06-01T12:20:00Z", "2026-06-01T12:15:00Z", "2026-06-01T13:15:00Z");
}

TEST(Window, CutsTheHourInWhichAClockMovesByHalfAnHour) {
  auto lord_howe = zone_of("L", {.offsets = {37800}, .rule = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"});
  Window hour = window(Every::hour, lord_howe);  // summer time ends 2026-04-05 at 02:00 +11 = 15:00 UTC the day before
  expect_period(hour, "2026-04-04T14:59:59Z", "2026-04-04T14:00:00Z", "2026-04-04T15:00:00Z");
  expect_period(hour, "2026-04-04T15:00:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z");
  expect_period(hour, "2026-04-04T15:30:00Z", "2026-04-04T15:30:00Z", "2026-04-04T16:30:00Z");
}

// Cairo: 00:00 becomes 01:00 on the last Friday of April; the day begins with the jump.
TEST(Window, BeginsADayWithoutAMidnightAtTheJump) {
  auto cairo = zone_of("C", {.offsets = {7200}, .rule = "EET-2EEST,M4.5.5/0,M10.5.4/24"});
  expect_period(window(Every::day, cairo), "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z");
  expect_period(window(Every::day, cairo), "2026-04-23T21:59:59Z", "2026-04-22T22:00:00Z", "2026-04-23T22:00:00Z");
}

// Havana: 01:00 becomes 00:00, so midnight is shown twice; the day begins with the first.
TEST(Window, BeginsADayWithTwoMidnightsAtTheFirst) {
  auto havana = zone_of("H", {.offsets = {-18000}, .rule = "CST5CDT,M3.2.0/0,M11.1.0/1"});
  expect_period(window(Every::day, havana), "2026-11-01T05:30:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z");
}

// St. John's until 2011: at 00:01 the clock went back to 23:01 of the day before.
TEST(Window, NeverComesBackToADayThatIsOver) {
  auto st_johns = zone_of("J", {.offsets = {-12600}, .rule = "NST3:30NDT,M3.2.0/0:01,M11.1.0/0:01"});
  Window day = window(Every::day, st_johns);
  expect_period(day, "2026-11-01T02:29:59Z", "2026-10-31T02:30:00Z", "2026-11-01T02:30:00Z");
  expect_period(day, "2026-11-01T02:30:59Z", "2026-11-01T02:30:00Z", "2026-11-02T03:30:00Z");
  expect_period(day, "2026-11-01T02:45:00Z", "2026-11-01T02:30:00Z", "2026-11-02T03:30:00Z");
}

// Samoa had no 30 December 2011.
TEST(Window, SkipsADateThatNoClockShowed) {
  std::int64_t jump = at("2011-12-30T10:00:00Z").unix_seconds();
  auto apia = zone_of("A", {.offsets = {-36000, 50400}, .transitions = {{jump, 1}}, .rule = "<+14>-14"});
  Window day = window(Every::day, apia);
  expect_period(day, "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z");
  expect_period(day, "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z");
}

std::vector<std::shared_ptr<const Zone>> zones() {
  return {utc(),
          berlin(),
          zone_of("New_York", {.offsets = {-18000}, .rule = "EST5EDT,M3.2.0,M11.1.0"}),
          zone_of("Sydney", {.offsets = {36000}, .rule = "AEST-10AEDT,M10.1.0,M4.1.0/3"}),
          zone_of("Lord_Howe", {.offsets = {37800}, .rule = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"}),
          zone_of("Cairo", {.offsets = {7200}, .rule = "EET-2EEST,M4.5.5/0,M10.5.4/24"}),
          zone_of("Havana", {.offsets = {-18000}, .rule = "CST5CDT,M3.2.0/0,M11.1.0/1"}),
          zone_of("Kathmandu", {.offsets = {20700}, .rule = "<+0545>-5:45"})};
}

// Every moment of two years is in exactly one period, which looks the same from its first and its last nanosecond.
TEST(Window, CoversTwoYearsWithoutGapOrOverlapInEightZones) {
  for (const auto& zone : zones())
    for (auto every : {Every::hour, Every::day, Every::week, Every::month}) {
      Window periods = window(every, zone);
      WallTime end = at("2028-01-02");
      int seen = 0;
      for (Period period = periods.period_at(at("2026-01-01")); period.begin < end;
           period = periods.period_at(period.end)) {
        ASSERT_LT(period.begin, period.end);
        ASSERT_EQ(periods.period_at(period.begin), period) << zone->name();
        ASSERT_EQ(periods.period_at({period.end.ns - 1}), period) << zone->name();
        ASSERT_EQ(periods.period_at(period.end).begin, period.end) << zone->name();
        ++seen;
      }
      EXPECT_GE(seen, 24) << zone->name();
    }
}

// Spend is a sum over rows: what a clock on the wall calls a day has in it what the window of that day has.
TEST(Window, AgreesWithTheDateOnTheWallForTwoYears) {
  for (const auto& zone : zones()) {
    Window day = window(Every::day, zone);
    std::map<std::int64_t, int> by_window, by_date;
    for (std::int64_t s = at("2026-01-01").unix_seconds(); s < at("2028-01-01").unix_seconds(); s += 613) {
      ++by_window[day.period_at({s * 1'000'000'000}).id];
      ++by_date[(s + zone->offset_at(s)) / 86'400];
    }
    std::vector<int> windows, dates;
    for (auto [id, count] : by_window) windows.push_back(count);
    for (auto [date, count] : by_date) dates.push_back(count);
    EXPECT_EQ(windows, dates) << zone->name();
  }
}

TEST(Window, RollsInAtMost120Buckets) {
  auto five_hours = Window::rolling(std::chrono::hours(5));
  ASSERT_TRUE(five_hours);
  WallTime now = at("2026-11-22T12:00:00Z");
  Period bucket = five_hours->period_at(now);
  EXPECT_TRUE(bucket.contains(now));
  EXPECT_EQ(five_hours->period_at(bucket.end).id, bucket.id + 1);
  EXPECT_GE(five_hours->forgotten_at(bucket), bucket.end + std::chrono::hours(5));
  EXPECT_LE(five_hours->forgotten_at(bucket), bucket.begin + std::chrono::minutes(5 * 60 + 6));
}

TEST(Window, RefusesARollThatIsTooShortOrTooLong) {
  EXPECT_FALSE(Window::rolling(milliseconds(999)));
  EXPECT_FALSE(Window::rolling(seconds(401LL * 86'400)));
  EXPECT_TRUE(Window::rolling(seconds(1)));
}

TEST(Window, MatchesTheSystemsZones) {
  auto beirut = Zone::load("Asia/Beirut"), apia = Zone::load("Pacific/Apia"), berlin_file = Zone::load("Europe/Berlin");
  if (!beirut || !apia || !berlin_file) GTEST_SKIP() << "tzdata is not installed";
  expect_period(window(Every::day, *beirut), "2022-03-27T10:00:00Z", "2022-03-26T22:00:00Z", "2022-03-27T21:00:00Z");
  expect_period(window(Every::day, *apia), "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z");
  expect_period(window(Every::month, *berlin_file), "2060-07-01T10:00:00Z", "2060-06-30T22:00:00Z",
                "2060-07-31T22:00:00Z");
}

}  // namespace
}  // namespace tollgate
