#include "app/commands/row_options.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

CommandLine words(std::vector<std::string> text) {
  CommandLine line;
  constexpr auto value = Option::value;
  auto bad = line.read(text, {{"from", value},
                              {"to", value},
                              {"key", value},
                              {"team", value},
                              {"user", value},
                              {"limit", value},
                              {"newest", Option::flag},
                              {"by", value},
                              {"bucket", value},
                              {"month", value},
                              {"timezone", value}});
  EXPECT_FALSE(bad) << *bad;
  return line;
}

TEST(RowOptions, MeanEveryRowWhenNothingIsSaid) {
  RowFilter filter = row_filter_of(words({})).value();
  EXPECT_EQ(filter.from.ns, INT64_MIN);
  EXPECT_EQ(filter.to.ns, INT64_MAX);
  EXPECT_EQ(filter.limit, UINT64_MAX);
  EXPECT_EQ(filter.order, RowOrder::oldest_first);
}

TEST(RowOptions, ReadTimesNamesAndBounds) {
  auto line = words({"--from", "2026-11-01", "--to", "2026-11-02T12:00:00Z", "--key", "k", "--team", "t", "--user", "u",
                     "--limit", "10", "--newest"});
  RowFilter filter = row_filter_of(line).value();
  EXPECT_EQ(rfc3339(filter.from), "2026-11-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(filter.to), "2026-11-02T12:00:00.000Z");
  EXPECT_EQ(filter.key + filter.team + filter.user, "ktu");
  EXPECT_EQ(filter.limit, 10u);
  EXPECT_EQ(filter.order, RowOrder::newest_first);
}

TEST(RowOptions, RefuseWhatWouldSilentlyMeanSomethingElse) {
  EXPECT_FALSE(row_filter_of(words({"--from", "yesterday"})));
  EXPECT_FALSE(row_filter_of(words({"--from", "2026-11-02", "--to", "2026-11-01"})));
  EXPECT_FALSE(row_filter_of(words({"--key", ""})));
  EXPECT_FALSE(row_filter_of(words({"--limit", "-1"})));
  EXPECT_FALSE(sum_query_of(words({"--by", "team,team"})));
  EXPECT_FALSE(sum_query_of(words({"--by", "team,"})));
  EXPECT_FALSE(sum_query_of(words({"--bucket", "year"})));
}

TEST(RowOptions, ReadDatesAndMonthsInTheZone) {
  SumQuery utc = sum_query_of(words({"--month", "2026-12"})).value();
  EXPECT_EQ(rfc3339(utc.filter.from), "2026-12-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(utc.filter.to), "2027-01-01T00:00:00.000Z");
  SumQuery query = sum_query_of(words({"--month", "2026-10", "--timezone", "Europe/Berlin"})).value();
  EXPECT_EQ(rfc3339(query.filter.from), "2026-09-30T22:00:00.000Z");
  EXPECT_EQ(rfc3339(query.filter.to), "2026-10-31T23:00:00.000Z");
  EXPECT_EQ(query.zone->name(), "Europe/Berlin");
  auto times = words({"--from", "2026-10-25", "--to", "2026-10-26T00:00:00Z", "--timezone", "Europe/Berlin"});
  EXPECT_EQ(rfc3339(sum_query_of(times)->filter.from), "2026-10-24T22:00:00.000Z");
  EXPECT_EQ(rfc3339(sum_query_of(times)->filter.to), "2026-10-26T00:00:00.000Z");
}

TEST(RowOptions, RefuseMonthsAndZonesThatAreNone) {
  for (auto month : {"2026", "2026-13", "2026-1", "October", "2026-10-01", ""})
    EXPECT_EQ(sum_query_of(words({"--month", month})).error().param, "month") << month;
  EXPECT_EQ(sum_query_of(words({"--month", "2026-10", "--to", "2026-10-02"})).error().param, "month");
  EXPECT_EQ(sum_query_of(words({"--timezone", "Berlin"})).error().param, "timezone");
  EXPECT_EQ(sum_query_of(words({"--timezone", "../../etc/passwd"})).error().param, "timezone");
}

TEST(RowOptions, ReadWhatToSumBy) {
  SumQuery query = sum_query_of(words({"--by", "team, tags.env", "--bucket", "week"})).value();
  EXPECT_EQ(query.by, (std::vector<std::string>{"team", "tags.env"}));
  EXPECT_EQ(query.bucket, SumBucket::week);
}

}  // namespace
}  // namespace tollgate
