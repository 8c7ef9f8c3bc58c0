#include "base/time.h"

#include <fmt/format.h>

#include <cstdio>

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
  if (at + count > text.size()) return false;
  out = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  return true;
}

bool parse_fraction(std::string_view text, std::size_t& at, std::int64_t& ns) {
  ns = 0;
  if (at >= text.size() || text[at] != '.') return true;
  std::int64_t scale = ns_per_second / 10;
  std::size_t begin = ++at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) ns += (text[at] - '0') * scale;
  return at > begin;
}

bool parse_offset(std::string_view text, std::size_t at, std::int64_t& seconds) {
  seconds = 0;
  std::string_view rest = text.substr(at);
  if (rest == "Z" || rest == "z") return true;
  int hours = 0, minutes = 0;
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':') return false;
  if (!digits(rest, 1, 2, hours) || !digits(rest, 4, 2, minutes) || hours > 23 || minutes > 59) return false;
  seconds = (hours * 3600 + minutes * 60) * (rest[0] == '-' ? -1 : 1);
  return true;
}

}  // namespace

CivilDate civil_from_days(std::int64_t days) {
  days += 719'468;
  std::int64_t era = floor_div(days, 146'097);
  std::int64_t day_of_era = days - era * 146'097;
  std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2), month, day};
}

std::int64_t days_from_civil(CivilDate date) {
  std::int64_t year = date.year - (date.month <= 2);
  std::int64_t era = floor_div(year, 400);
  std::int64_t year_of_era = year - era * 400;
  std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

std::string rfc3339(WallTime at) {
  std::int64_t second = floor_div(at.ns, ns_per_second);
  std::int64_t ms = (at.ns - second * ns_per_second) / 1'000'000;
  std::int64_t day = floor_div(second, seconds_per_day);
  std::int64_t rest = second - day * seconds_per_day;
  CivilDate date = civil_from_days(day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", date.year, date.month, date.day, rest / 3600,
                     rest / 60 % 60, rest % 60, ms);
}

bool parse_rfc3339(std::string_view text, WallTime& out) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!digits(text, 0, 4, year) || !digits(text, 5, 2, month) || !digits(text, 8, 2, day)) return false;
  if (text[4] != '-' || text[7] != '-' || month < 1 || month > 12 || day < 1) return false;
  std::int64_t days = days_from_civil({year, month, day});
  if (civil_from_days(days).month != month) return false;  // 30 February
  std::int64_t fraction = 0, offset = 0;
  if (text.size() > 10) {
    if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return false;
    if (!digits(text, 11, 2, hour) || !digits(text, 14, 2, minute) || !digits(text, 17, 2, second)) return false;
    if (text[13] != ':' || text[16] != ':' || hour > 23 || minute > 59 || second > 60) return false;
    std::size_t at = 19;
    if (!parse_fraction(text, at, fraction) || !parse_offset(text, at, offset)) return false;
  }
  std::int64_t total = days * seconds_per_day + hour * 3600 + minute * 60 + second - offset;
  // Years before 1678 and after 2261 do not fit.
  return !__builtin_mul_overflow(total, ns_per_second, &out.ns) && !__builtin_add_overflow(out.ns, fraction, &out.ns);
}

}  // namespace tollgate
