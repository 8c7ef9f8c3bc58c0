#pragma once
// When a limit starts anew.
//
//   calendar   minute, hour, day, week (from Monday) or month, as a clock in the limit's time zone shows them. Days are
//              23 or 25 hours long when summer time begins or ends. Periods touch each other: each moment is in exactly
//              one, and time that runs on never comes back to an earlier one, even where a clock is put back over
//              midnight.
//   ever       one period without end, for what is only held and given back (calls at once)
//   rolling    the last so many seconds, in at most 120 buckets; a bucket counts whole until its last moment is too
//              old.
//
// Pure: the moment is an argument.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "limits/zone.h"

namespace tollgate {

enum class Every : std::uint8_t { minute, hour, day, week, month, rolling, ever };
std::string_view to_string(Every every);
std::optional<Every> parse_every(std::string_view text);  // calendar names only

struct Period {
  std::int64_t id = 0;  // grows with time; of a calendar window its begin in Unix seconds, else the bucket's number
  WallTime begin;
  WallTime end;  // not in it

  bool contains(WallTime at) const { return begin <= at && at < end; }
  friend bool operator==(const Period&, const Period&) = default;
};

class Window {
 public:
  static constexpr int max_buckets = 120;
  static constexpr Duration shortest_roll = seconds(1);
  static constexpr Duration longest_roll = seconds(400LL * 86'400);

  // REQUIRES: `every` is not rolling.
  static Window calendar(Every every, std::shared_ptr<const Zone> zone) {
    return Window(every, std::move(zone), Duration(0));
  }
  // Fails for a length outside shortest_roll to longest_roll.
  static Result<Window> rolling(Duration length);

  static Window ever() { return Window(Every::ever, nullptr, Duration(0)); }

  bool lasts() const { return every_ == Every::ever; }
  bool rolls() const { return every_ == Every::rolling; }
  // The calendar period around `at`, or the bucket.
  Period period_at(WallTime at) const;
  // Rolling: when what was counted in this bucket no longer counts. Calendar: the period's end.
  WallTime forgotten_at(const Period& period) const {
    return rolls() ? period.begin + bucket_ * max_buckets : period.end;
  }
  Period bucket(std::int64_t id) const;

  // Tells windows apart: "day Europe/Berlin", "rolling 18000s".
  std::string identity() const;

 private:
  Window(Every every, std::shared_ptr<const Zone> zone, Duration length);

  Period clock_period(std::int64_t second, std::int64_t length) const;
  Period date_period(std::int64_t second) const;
  std::int64_t next_day(std::int64_t first_day) const;
  std::int64_t begin_of(std::int64_t day) const;

  Every every_;
  std::shared_ptr<const Zone> zone_;  // calendar only
  Duration length_;                   // rolling only
  Duration bucket_;
};

}  // namespace tollgate
