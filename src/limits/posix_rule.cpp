#include "limits/posix_rule.h"

#include <algorithm>
#include <cstddef>

#include "base/time.h"

namespace tollgate {
namespace {

constexpr std::int64_t seconds_per_day = 86'400;
constexpr int max_hours = 167;

// A cursor over the text; every reader moves it, and none reads beyond the end.
struct Cursor {
  std::string_view rest;

  bool take(char c) {
    if (rest.empty() || rest[0] != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  std::optional<int> number(int max) {
    int value = 0;
    std::size_t length = 0;
    for (; length < rest.size() && rest[length] >= '0' && rest[length] <= '9'; ++length) {
      value = value * 10 + (rest[length] - '0');
      if (value > max) return std::nullopt;
    }
    if (length == 0) return std::nullopt;
    rest.remove_prefix(length);
    return value;
  }
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "CET" or "<+03>".
bool skip_name(Cursor& at) {
  std::size_t length = 0;
  if (at.take('<')) {
    std::size_t end = at.rest.find('>');
    if (end == std::string_view::npos) return false;
    at.rest.remove_prefix(end + 1);
    return end >= 3;
  }
  while (length < at.rest.size() && is_letter(at.rest[length])) ++length;
  at.rest.remove_prefix(length);
  return length >= 3;
}

// [+-]hh[:mm[:ss]]
std::optional<std::int64_t> clock_seconds(Cursor& at) {
  int sign = at.take('-') ? -1 : 1;
  if (sign > 0) at.take('+');
  auto hours = at.number(max_hours);
  if (!hours) return std::nullopt;
  std::int64_t total = *hours * 3600;
  for (int unit : {60, 1}) {
    if (!at.take(':')) break;
    auto part = at.number(59);
    if (!part) return std::nullopt;
    total += *part * unit;
  }
  return sign * total;
}

bool read_month_week_day(Cursor& at, YearDay& day) {
  auto month = at.number(12);
  if (!month || *month < 1 || !at.take('.')) return false;
  auto week = at.number(5);
  if (!week || *week < 1 || !at.take('.')) return false;
  auto weekday = at.number(6);
  if (!weekday) return false;
  day = {.kind = YearDay::Kind::month_week_day, .day = *weekday, .week = *week, .month = *month};
  return true;
}

bool read_day_number(Cursor& at, YearDay& day) {
  bool julian = at.take('J');
  auto number = at.number(365);
  if (!number || (julian && *number < 1)) return false;
  day = {.kind = julian ? YearDay::Kind::julian_without_leap : YearDay::Kind::day_of_year, .day = *number};
  return true;
}

bool read_year_day(Cursor& at, YearDay& day) {
  if (!(at.take('M') ? read_month_week_day(at, day) : read_day_number(at, day))) return false;
  if (!at.take('/')) return true;
  auto second = clock_seconds(at);
  if (second) day.second = *second;
  return second.has_value();
}

std::int64_t month_week_day(const YearDay& rule, std::int64_t year) {
  std::int64_t first = days_from_civil({year, rule.month, 1});
  std::int64_t next_month =
      rule.month == 12 ? days_from_civil({year + 1, 1, 1}) : days_from_civil({year, rule.month + 1, 1});
  std::int64_t weekday = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
  std::int64_t day = first + (rule.day - weekday + 7) % 7 + (rule.week - 1) * 7;
  return day < next_month ? day : day - 7;
}

bool is_leap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

}  // namespace

std::int64_t YearDay::in_year(std::int64_t year) const {
  std::int64_t first = days_from_civil({year, 1, 1});
  switch (kind) {
    case Kind::julian_without_leap: first += day - 1 + (is_leap(year) && day >= 60); break;
    case Kind::day_of_year: first += day; break;
    case Kind::month_week_day: first = month_week_day(*this, year); break;
  }
  return first * seconds_per_day + second;
}

std::optional<PosixRule> parse_posix_rule(std::string_view text) {
  Cursor at{text};
  PosixRule rule;
  if (!skip_name(at)) return std::nullopt;
  auto west = clock_seconds(at);
  if (!west) return std::nullopt;
  rule.standard_offset = -*west;
  if (at.rest.empty()) return rule;

  rule.has_summer = true;
  rule.summer_offset = rule.standard_offset + 3600;
  if (!skip_name(at)) return std::nullopt;
  if (!at.rest.empty() && at.rest[0] != ',') {
    auto summer_west = clock_seconds(at);
    if (!summer_west) return std::nullopt;
    rule.summer_offset = -*summer_west;
  }
  if (!at.take(',') || !read_year_day(at, rule.summer_begins)) return std::nullopt;
  if (!at.take(',') || !read_year_day(at, rule.summer_ends)) return std::nullopt;
  return at.rest.empty() ? std::optional(rule) : std::nullopt;
}

}  // namespace tollgate
