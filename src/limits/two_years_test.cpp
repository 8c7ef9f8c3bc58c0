// Two years of calls around every boundary of every window, in six zones: what a counter says is the sum over a list of rows, and the boundaries
// are those of another program (tools/limits/boundaries.py), to the nanosecond.
//
//   1  A list of a window's boundaries is made of the table: days as they were written, weeks and months by the calendar, hours and minutes by a
//      clock that moves at the table's changes.
//   2  Calls come at the begin of each window, at random moments in it and at its last nanosecond; the last is settled in the next window.
//   3  Each window's counter is compared with the sum of the rows that were admitted in it.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "limits/limits_for_test.h"
#include "limits/reservation.h"
#include "limits/state.h"

namespace tollgate {
namespace {

struct Move {
  std::int64_t second;
  std::int64_t offset;
};
struct OddDay {
  std::int64_t number;
  std::int64_t seconds;
};
struct TruthOfZone {
  std::string_view name;
  std::int64_t begin;   // 2026-01-01 00:00
  std::int64_t offset;  // then
  std::vector<Move> moves;
  std::vector<OddDay> odd_days;
};

const std::vector<TruthOfZone>& truths() {
  static const std::vector<TruthOfZone> all = {
#include "limits/boundaries_for_test.inc"
  };
  return all;
}

constexpr std::int64_t day_s = 86'400, days_of_two_years = 730, ns_per_s = 1'000'000'000;

// Our own reading of the same zones.
std::shared_ptr<const Zone> zone_named(std::string_view name) {
  if (name == "Europe/Berlin") return berlin();
  if (name == "America/New_York") return zone_of(name, {.offsets = {-18000}, .rule = "EST5EDT,M3.2.0,M11.1.0"});
  if (name == "Australia/Sydney") return zone_of(name, {.offsets = {36000}, .rule = "AEST-10AEDT,M10.1.0,M4.1.0/3"});
  if (name == "Australia/Lord_Howe") return zone_of(name, {.offsets = {37800}, .rule = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"});
  if (name == "Africa/Cairo") return zone_of(name, {.offsets = {7200}, .rule = "EET-2EEST,M4.5.5/0,M10.5.4/24"});
  return zone_of(name, {.offsets = {-18000}, .rule = "CST5CDT,M3.2.0/0,M11.1.0/1"});
}

std::vector<std::int64_t> begins_of_days(const TruthOfZone& truth) {
  std::vector<std::int64_t> begins{truth.begin};
  for (std::int64_t number = 0; number < days_of_two_years; ++number) {
    std::int64_t length = day_s;
    for (const OddDay& odd : truth.odd_days)
      if (odd.number == number) length = odd.seconds;
    begins.push_back(begins.back() + length);
  }
  return begins;
}

std::vector<std::int64_t> begins_of_dates(const TruthOfZone& truth, Every every) {
  using namespace std::chrono;
  std::vector<std::int64_t> all = begins_of_days(truth), begins;
  for (std::size_t i = 0; i < all.size(); ++i) {
    sys_days date = sys_days{2026y / January / 1} + days{static_cast<int>(i)};
    bool begins_one = every == Every::day || (every == Every::week ? weekday{date} == Monday : year_month_day{date}.day() == day{1});
    if (begins_one) begins.push_back(all[i]);
  }
  return begins;
}

// When a clock shows a whole minute or hour, or is moved.
std::vector<std::int64_t> begins_by_clock(const TruthOfZone& truth, std::int64_t length, std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> begins;
  std::int64_t offset = truth.offset, at = truth.begin;
  for (std::size_t i = 0; i <= truth.moves.size(); ++i) {
    std::int64_t until = i < truth.moves.size() ? truth.moves[i].second : to;
    for (std::int64_t s = std::max(at, from); s < std::min(until, to); ++s) {
      std::int64_t past = (s + offset) % length;
      if (past != 0 && s != at) {
        s += length - past - 1;
        continue;
      }
      begins.push_back(s);
    }
    if (i < truth.moves.size()) at = until, offset = truth.moves[i].offset;
  }
  return begins;
}

struct Row {
  WallTime at;
  std::int64_t amount;
};

class TwoYears {
 public:
  explicit TwoYears(Window window) : policy_(policy_of({{.name = "w", .amount = usd(1'000'000'000).nano_usd, .window = std::move(window)}}, counters_)) {}

  // Reserves twice what it will take.
  Reservation admit(WallTime at, std::int64_t amount) {
    auto reserved = Reservation::take(policy_, {}, Money{2 * amount}, at);
    if (!reserved) throw std::runtime_error("refused");
    reserved->dispatched();
    rows_.push_back({at, amount});
    return std::move(*reserved);
  }
  void call(WallTime at) {
    std::int64_t amount = some(1'000'000);
    admit(at, amount).settle(Money{amount});
  }
  // Of the rows admitted after `from` and not after `to`.
  std::int64_t sum(WallTime from, WallTime to) const {
    std::int64_t all = 0;
    for (auto row = rows_.rbegin(); row != rows_.rend() && from < row->at; ++row) all += row->at <= to ? row->amount : 0;
    return all;
  }
  LimitState state(WallTime at) const { return states_for(policy_, {}, at).at(0); }
  void sweep(WallTime now) { counters_.sweep(now); }
  std::int64_t some(std::int64_t most) { return std::uniform_int_distribution<std::int64_t>(1, most)(random_); }

 private:
  Counters counters_{7};
  Policy policy_;
  std::vector<Row> rows_;
  std::mt19937_64 random_{20261129};
};

WallTime at_second(std::int64_t second) { return {second * ns_per_s}; }
WallTime just_before(WallTime at) { return {at.ns - 1}; }

// Every window from begins[0] to the last of them; false after a fault, which is told once.
bool walk(const TruthOfZone& truth, Every every, const std::vector<std::int64_t>& begins) {
  TwoYears years(Window::calendar(every, zone_named(truth.name)));
  Reservation last;
  std::int64_t last_amount = 0;
  for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
    WallTime begin = at_second(begins[i]), end = at_second(begins[i + 1]), before = just_before(begin);
    years.call(begin);
    LimitState fresh = years.state(begin);
    bool right = fresh.used.units == years.sum(before, begin) && fresh.reserved.units == 0 && fresh.resets_at == end;
    if (i > 0) {
      last.settle(Money{last_amount});  // it belongs to the window that is over
      WallTime over = at_second(begins[i - 1]);
      right = right && years.state(begin).used == fresh.used && years.state(before).used.units == years.sum(just_before(over), before) &&
              years.state(before).resets_at == begin;
    }
    if (!right) {
      ADD_FAILURE() << truth.name << " " << to_string(every) << " " << rfc3339(begin) << ": used " << fresh.used.units << ", resets " << rfc3339(fresh.resets_at);
      return false;
    }
    if (i % 64 == 0) years.sweep(begin);
    std::int64_t third = (end.ns - begin.ns) / 3;
    if (every != Every::hour || i % 8 == 0) {
      years.call({begin.ns + years.some(third)});
      years.call({begin.ns + third + years.some(third)});
    }
    last_amount = years.some(1'000'000);
    last = years.admit(just_before(end), last_amount);
  }
  last.settle(Money{last_amount});
  return true;
}

TEST(TwoYearsOfWindows, DaysWeeksAndMonthsInSixZonesHoldTheSumOfTheirRows) {
  for (const TruthOfZone& truth : truths())
    for (Every every : {Every::day, Every::week, Every::month}) {
      auto begins = begins_of_dates(truth, every);
      EXPECT_GE(begins.size(), every == Every::day ? 731u : every == Every::week ? 104u : 25u);
      EXPECT_TRUE(walk(truth, every, begins));
    }
}

TEST(TwoYearsOfWindows, HoursInSixZonesHoldTheSumOfTheirRows) {
  for (const TruthOfZone& truth : truths()) {
    auto begins = begins_by_clock(truth, 3600, truth.begin, truth.begin + days_of_two_years * day_s);
    EXPECT_GE(begins.size(), 17'520u);
    EXPECT_TRUE(walk(truth, Every::hour, begins));
  }
}

// Around each move of the clock, and over the end of a year: minutes between are all alike.
TEST(TwoYearsOfWindows, MinutesAroundEachMoveOfTheClockHoldTheSumOfTheirRows) {
  constexpr std::int64_t around_s = 6 * 3600;
  for (const TruthOfZone& truth : truths()) {
    std::vector<std::int64_t> moments{truth.begin + 365 * day_s};
    for (const Move& move : truth.moves) moments.push_back(move.second);
    for (std::int64_t moment : moments) {
      auto begins = begins_by_clock(truth, 60, moment - around_s, moment + around_s);
      EXPECT_EQ(begins.size(), 720u);
      EXPECT_TRUE(walk(truth, Every::minute, begins));
    }
  }
}

// What was spent is forgotten up to one step late, never early, whatever clocks do.
TEST(TwoYearsOfWindows, RollingWindowsHoldTheSumOfTheirLength) {
  for (Duration length : {Duration(std::chrono::minutes(10)), Duration(std::chrono::hours(5)), Duration(std::chrono::hours(24 * 7))}) {
    Duration step = length / (Window::max_buckets - 1) + Duration(1);
    TwoYears years(*Window::rolling(length));
    WallTime now = at_second(truths()[0].begin), end = at_second(truths()[0].begin + days_of_two_years * day_s);
    std::int64_t pace = std::max<std::int64_t>(length.count() / 12, (end.ns - now.ns) / 20'000);
    for (int calls = 0; now < end; ++calls) {
      bool burst = calls % 50 < 45;  // most come close together, as many steps later as steps a window has or more
      now.ns += years.some(burst ? length.count() / 60 : 12 * pace);
      years.call(now);
      LimitState state = years.state(now);
      std::int64_t least = years.sum({now.ns - length.count()}, now), most = years.sum({now.ns - length.count() - step.count()}, now);
      ASSERT_GE(state.used.units, least) << rfc3339(now);
      ASSERT_LE(state.used.units, most) << rfc3339(now);
      ASSERT_EQ(state.reserved.units, 0);
    }
  }
}

}  // namespace
}  // namespace tollgate
