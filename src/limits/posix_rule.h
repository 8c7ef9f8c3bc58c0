#pragma once
// The rule at the end of a time zone file, by which summer time goes on after the last transition in the table:
// "CET-1CEST,M3.5.0,M10.5.0/3". Source: RFC 8536 section 3.3, POSIX.1-2017 section 8.3 (TZ), read 2026-11-22.

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate {

// A day of each year and the seconds after its local midnight (RFC 8536 allows -167 to 167 hours).
struct YearDay {
  enum class Kind : std::uint8_t { julian_without_leap, day_of_year, month_week_day };
  Kind kind = Kind::month_week_day;
  int day = 0;    // 1..365 without 29 February; 0..365; or the weekday, 0 is Sunday
  int week = 0;   // 1..5, 5 is the last
  int month = 0;  // 1..12
  std::int64_t second = 7200;

  // Local seconds since 1970, as a clock on the wall counts them.
  std::int64_t in_year(std::int64_t year) const;
};

struct PosixRule {
  std::int64_t standard_offset = 0;  // seconds east of UTC
  std::int64_t summer_offset = 0;
  bool has_summer = false;
  YearDay summer_begins;  // in standard time
  YearDay summer_ends;    // in summer time
};

std::optional<PosixRule> parse_posix_rule(std::string_view text);

}  // namespace tollgate
