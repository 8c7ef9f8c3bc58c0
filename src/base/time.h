#pragma once
// Two clocks, two types. An Instant is monotonic and says when to give up; a WallTime is the calendar and says when it was.
// Rules never ask a clock: they take one of these as an argument.

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace tollgate {

using Duration = std::chrono::nanoseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Nanoseconds of a clock that never jumps; the zero point means nothing.
struct Instant {
  std::int64_t ns = 0;

  friend auto operator<=>(Instant, Instant) = default;
  friend Instant operator+(Instant at, Duration by) { return {at.ns + by.count()}; }
  friend Instant operator-(Instant at, Duration by) { return {at.ns - by.count()}; }
  friend Duration operator-(Instant a, Instant b) { return Duration(a.ns - b.ns); }

  static constexpr Instant never() { return {INT64_MAX}; }
};

// Nanoseconds since 1970-01-01T00:00:00Z.
struct WallTime {
  std::int64_t ns = 0;

  friend auto operator<=>(WallTime, WallTime) = default;
  friend WallTime operator+(WallTime at, Duration by) { return {at.ns + by.count()}; }
  friend Duration operator-(WallTime a, WallTime b) { return Duration(a.ns - b.ns); }

  std::int64_t unix_seconds() const { return ns >= 0 ? ns / 1'000'000'000 : -((-ns + 999'999'999) / 1'000'000'000); }
  std::int64_t unix_ms() const { return ns / 1'000'000; }
};

// RFC 3339 in UTC with milliseconds: 2026-11-22T19:17:00.123Z
std::string rfc3339(WallTime at);

// Reads RFC 3339 (with Z or an offset), or a bare date as its midnight in UTC. False when it is neither.
bool parse_rfc3339(std::string_view text, WallTime& out);

// Calendar arithmetic in UTC, proleptic Gregorian. Source: H. Hinnant, "chrono-compatible low-level date algorithms".
struct CivilDate {
  std::int64_t year;
  int month;  // 1..12
  int day;    // 1..31
};
CivilDate civil_from_days(std::int64_t days_since_epoch);
std::int64_t days_from_civil(CivilDate date);

}  // namespace tollgate
