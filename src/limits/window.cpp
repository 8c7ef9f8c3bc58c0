#include "limits/window.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t monday_before_epoch = -3;  // 1970-01-01 was a Thursday
constexpr std::string_view names[] = {"minute", "hour", "day", "week", "month", "rolling", "ever"};

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }
std::int64_t floor_mod(std::int64_t a, std::int64_t b) { return a - floor_div(a, b) * b; }

Period period_of(std::int64_t begin, std::int64_t end) {
  return {begin, {begin * ns_per_second}, {end * ns_per_second}};
}

// The first day of the day, week or month that `day` is in. Days are counted since 1970-01-01.
std::int64_t first_day(Every every, std::int64_t day) {
  if (every == Every::week) return day - floor_mod(day - monday_before_epoch, 7);
  if (every == Every::month) return day - (civil_from_days(day).day - 1);
  return day;
}

}  // namespace

std::string_view to_string(Every every) { return names[static_cast<std::size_t>(every)]; }

std::optional<Every> parse_every(std::string_view text) {
  for (auto every : {Every::minute, Every::hour, Every::day, Every::week, Every::month})
    if (text == to_string(every)) return every;
  return std::nullopt;
}

Window::Window(Every every, std::shared_ptr<const Zone> zone, Duration length)
    : every_(every),
      zone_(std::move(zone)),
      length_(length),
      bucket_((length + Duration(max_buckets - 2)) / (max_buckets - 1)) {}

Result<Window> Window::rolling(Duration length) {
  if (length < shortest_roll || length > longest_roll)
    return fail(Fault::invalid_request, "a rolling window is 1 second to 400 days long", "rolling");
  return Window(Every::rolling, nullptr, length);
}

Period Window::period_at(WallTime at) const {
  switch (every_) {
    case Every::ever: return {0, {INT64_MIN}, {INT64_MAX}};
    case Every::rolling: return bucket(floor_div(at.ns, bucket_.count()));
    case Every::minute: return clock_period(at.unix_seconds(), 60);
    case Every::hour: return clock_period(at.unix_seconds(), 3600);
    default: return date_period(at.unix_seconds());
  }
}

Period Window::bucket(std::int64_t id) const {
  WallTime begin{id * bucket_.count()};
  return {id, begin, begin + bucket_};
}

// Minutes and hours keep their length. Only where the distance to UTC changes by another step (half an hour on Lord
// Howe Island) the one before and the one after are cut at the change.
Period Window::clock_period(std::int64_t second, std::int64_t length) const {
  const auto& stretches = zone_->stretches();
  std::size_t i = zone_->index_at(second);
  auto out_of_step = [&](std::size_t other) {
    return floor_mod(stretches[i].offset - stretches[other].offset, length) != 0;
  };
  std::int64_t begin = second - floor_mod(second + stretches[i].offset, length);
  std::int64_t end = begin + length;
  if (i > 0 && out_of_step(i - 1)) begin = std::max(begin, stretches[i].begin);
  if (i + 1 < stretches.size() && out_of_step(i + 1)) end = std::min(end, stretches[i + 1].begin);
  return period_of(begin, end);
}

std::int64_t Window::begin_of(std::int64_t day) const { return zone_->first_at_or_after(day * seconds_per_day); }

std::int64_t Window::next_day(std::int64_t first) const {
  if (every_ == Every::day) return first + 1;
  if (every_ == Every::week) return first + 7;
  return first_day(Every::month, first + 31);
}

// The date on the wall is a first guess only: a clock put back over midnight shows yesterday's date again, and an
// island that changes the side of the date line has a date without a moment.
Period Window::date_period(std::int64_t second) const {
  std::int64_t day = first_day(every_, floor_div(second + zone_->offset_at(second), seconds_per_day));
  while (begin_of(day) > second) day = first_day(every_, day - 1);
  std::int64_t next = next_day(day);
  while (begin_of(next) <= second) {
    day = next;
    next = next_day(day);
  }
  return period_of(begin_of(day), begin_of(next));
}

std::string Window::identity() const {
  if (rolls()) return fmt::format("rolling {}ns", length_.count());
  if (lasts()) return "ever";
  return fmt::format("{} {}", to_string(every_), zone_->name());
}

}  // namespace tollgate
