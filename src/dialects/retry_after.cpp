#include "dialects/retry_after.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace tollgate {
namespace {

// Larger numbers are cut down to it, so that no sum below overflows.
constexpr std::int64_t largest_number_ms = std::int64_t{10'000'000'000} * 1000;
// A bare reset number from here on is a moment in Unix seconds and not a wait (Cohere, quirk 105): September 2001, or
// 31 years.
constexpr std::int64_t least_epoch_ms = std::int64_t{1'000'000'000} * 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes digits off the front of the text.
std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

std::int64_t saturated(std::string_view digits, std::int64_t limit) {
  std::int64_t value = 0;
  for (char c : digits) value = std::min(limit, value * 10 + (c - '0'));
  return value;
}

// Takes a decimal number of units off the front, as milliseconds rounded up. Empty when there is none.
std::optional<std::int64_t> take_number(std::string_view& text, std::int64_t unit_ms) {
  std::string_view whole = take_digits(text), fraction;
  if (whole.empty()) return std::nullopt;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
  }
  std::int64_t scale = 1'000'000, nano_of_unit = 0;  // six digits of a fraction are more than a millisecond needs
  for (char c : fraction.substr(0, 6)) nano_of_unit += (scale /= 10) * (c - '0');
  std::int64_t fraction_ms = (nano_of_unit * unit_ms + 999'999) / 1'000'000;
  return saturated(whole, largest_number_ms / unit_ms) * unit_ms + fraction_ms;
}

// A whole text that is one decimal number; no sign, exponent or unit.
std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t unit_ms) {
  text = trimmed(text);
  auto number = take_number(text, unit_ms);
  return text.empty() ? number : std::nullopt;
}

std::int64_t wait_until(WallTime at, WallTime now) { return at <= now ? 0 : (at.ns - now.ns + 999'999) / 1'000'000; }

std::optional<std::int64_t> read_retry_after(std::string_view text, WallTime now) {
  if (auto wait = parse_number(text, 1000)) return wait;
  if (auto at = parse_http_date(trimmed(text), now)) return wait_until(*at, now);
  return std::nullopt;
}

// A duration, an RFC 3339 moment, plain seconds, or Unix seconds. Only of a counter that is used up.
std::optional<std::int64_t> read_reset(const RetryHints::Counter& counter, WallTime now) {
  if (trimmed(counter.remaining) != "0") return std::nullopt;
  std::string_view text = trimmed(counter.reset);
  if (auto number = parse_number(text, 1000)) {
    return *number < least_epoch_ms ? number : std::max<std::int64_t>(0, *number - now.unix_ms());
  }
  if (auto duration = parse_reset_time(text)) return duration->count();
  WallTime at;
  if (parse_rfc3339(text, at)) return wait_until(at, now);
  return std::nullopt;
}

std::optional<std::int64_t> read_wait(const RetryHints& hints, WallTime now) {
  if (auto wait = parse_number(hints.retry_after_ms, 1)) return wait;
  if (auto wait = read_retry_after(hints.retry_after, now)) return wait;
  return std::max(read_reset(hints.requests, now), read_reset(hints.tokens, now));
}

// ---- dates

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                      "Thursday", "Friday", "Saturday"};

// Reads a date from the front to the back; once something is wrong it stays wrong.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  bool good() const { return good_ && rest_.empty(); }

  void expect(std::string_view literal) {
    good_ = good_ && rest_.starts_with(literal);
    if (good_) rest_.remove_prefix(literal.size());
  }
  // A weekday, whole or by its first three letters. It is not checked against the date.
  void weekday(bool whole) {
    for (auto name : weekdays) {
      std::string_view wanted = whole ? name : name.substr(0, 3);
      if (!rest_.starts_with(wanted)) continue;
      rest_.remove_prefix(wanted.size());
      return;
    }
    good_ = false;
  }
  int number(std::size_t digits) {
    good_ = good_ && rest_.size() >= digits &&
            std::all_of(rest_.begin(), rest_.begin() + static_cast<long>(digits), is_digit);
    if (!good_) return 0;
    auto value = static_cast<int>(saturated(rest_.substr(0, digits), 9999));
    rest_.remove_prefix(digits);
    return value;
  }
  int month() {
    for (std::size_t i = 0; i < months.size(); ++i) {
      if (!rest_.starts_with(months[i])) continue;
      rest_.remove_prefix(3);
      return static_cast<int>(i) + 1;
    }
    good_ = false;
    return 1;
  }
  // hh:mm:ss in seconds; 60 is a leap second.
  std::int64_t time_of_day() {
    int hour = number(2);
    expect(":");
    int minute = number(2);
    expect(":");
    int second = number(2);
    good_ = good_ && hour < 24 && minute < 60 && second <= 60;
    return hour * 3600 + minute * 60 + second;
  }
  bool starts_with(char c) const { return !rest_.empty() && rest_.front() == c; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::optional<WallTime> to_time(CivilDate date, std::int64_t second_of_day) {
  constexpr std::array<int, 12> days = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.day < 1 || date.day > days[static_cast<std::size_t>(date.month - 1)]) return std::nullopt;
  if (date.year < 1970 || date.year > 2200) return std::nullopt;  // what fits into nanoseconds
  return WallTime{(days_from_civil(date) * 86'400 + second_of_day) * 1'000'000'000};
}

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<WallTime> parse_imf_date(std::string_view text) {
  DateReader reader(text);
  CivilDate date{};
  reader.weekday(false);
  reader.expect(", ");
  date.day = reader.number(2);
  reader.expect(" ");
  date.month = reader.month();
  reader.expect(" ");
  date.year = reader.number(4);
  reader.expect(" ");
  std::int64_t time = reader.time_of_day();
  reader.expect(" GMT");
  return reader.good() ? to_time(date, time) : std::nullopt;
}

// Sunday, 06-Nov-94 08:49:37 GMT. A year that seems more than 50 years ahead is of the century before.
std::optional<WallTime> parse_rfc850_date(std::string_view text, WallTime now) {
  DateReader reader(text);
  CivilDate date{};
  reader.weekday(true);
  reader.expect(", ");
  date.day = reader.number(2);
  reader.expect("-");
  date.month = reader.month();
  reader.expect("-");
  std::int64_t this_year = civil_from_days(now.unix_seconds() / 86'400).year;
  date.year = this_year / 100 * 100 + reader.number(2);
  if (date.year > this_year + 50) date.year -= 100;
  reader.expect(" ");
  std::int64_t time = reader.time_of_day();
  reader.expect(" GMT");
  return reader.good() ? to_time(date, time) : std::nullopt;
}

// Sun Nov  6 08:49:37 1994
std::optional<WallTime> parse_asctime_date(std::string_view text) {
  DateReader reader(text);
  CivilDate date{};
  reader.weekday(false);
  reader.expect(" ");
  date.month = reader.month();
  reader.expect(" ");
  bool one_digit = reader.starts_with(' ');
  if (one_digit) reader.expect(" ");
  date.day = reader.number(one_digit ? 1 : 2);
  reader.expect(" ");
  std::int64_t time = reader.time_of_day();
  reader.expect(" ");
  date.year = reader.number(4);
  return reader.good() ? to_time(date, time) : std::nullopt;
}

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array<Unit, 5> units = {{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

// The unit that stands behind the number at the front; null when there is none.
const Unit* unit_after_number(std::string_view text) {
  std::size_t at = text.find_first_not_of("0123456789.");
  if (at == std::string_view::npos) return nullptr;
  for (const Unit& unit : units) {
    std::string_view name = text.substr(at, unit.name.size());
    char behind = at + name.size() < text.size() ? text[at + name.size()] : '0';
    if (name == unit.name && is_digit(behind)) return &unit;
  }
  return nullptr;
}

}  // namespace

void RetryHints::take(std::string_view name, std::string_view value) {
  struct Known {
    std::string_view name;
    std::string_view& slot;
  };
  const Known known[] = {
      {"retry-after", retry_after},
      {"retry-after-ms", retry_after_ms},
      {"x-should-retry", should_retry},
      {"x-ratelimit-remaining-requests", requests.remaining},
      {"x-ratelimit-reset-requests", requests.reset},
      {"x-ratelimit-remaining-tokens", tokens.remaining},
      {"x-ratelimit-reset-tokens", tokens.reset},
      {"anthropic-ratelimit-requests-remaining", requests.remaining},
      {"anthropic-ratelimit-requests-reset", requests.reset},
      {"anthropic-ratelimit-tokens-remaining", tokens.remaining},
      {"anthropic-ratelimit-tokens-reset", tokens.reset},
  };
  for (const Known& header : known) {
    if (iequals(name, header.name)) header.slot = value;
  }
}

RetryAdvice RetryHints::read(WallTime now, milliseconds cap) const {
  RetryAdvice advice;
  if (iequals(trimmed(should_retry), "true")) advice.should_retry = true;
  if (iequals(trimmed(should_retry), "false")) advice.should_retry = false;
  auto wait = read_wait(*this, now);
  if (!wait) return advice;
  advice.over_cap = *wait > cap.count();
  if (!advice.over_cap) advice.wait = milliseconds(*wait);
  return advice;
}

std::optional<milliseconds> parse_reset_time(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    const Unit* unit = unit_after_number(text);
    if (unit == nullptr) return std::nullopt;
    auto part = take_number(text, unit->ms);
    if (!part || !text.starts_with(unit->name)) return std::nullopt;
    text.remove_prefix(unit->name.size());
    total = std::min(largest_number_ms, total + *part);
  }
  return milliseconds(total);
}

std::optional<WallTime> parse_http_date(std::string_view text, WallTime now) {
  if (auto at = parse_imf_date(text)) return at;
  if (auto at = parse_rfc850_date(text, now)) return at;
  return parse_asctime_date(text);
}

}  // namespace tollgate
