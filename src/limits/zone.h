#pragma once
// A time zone as a plain table: from which second on which distance to UTC holds. Read once, at load, from a TZif file
// (RFC 8536, version 2 or later); the rule at the file's end is unrolled to the last year that a WallTime can hold, so
// no look-up ever computes a rule.
//
// Local time stands for what a clock on the wall shows, as seconds since 1970-01-01 00:00 on that clock.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tollgate {

class Zone {
 public:
  static Zone utc() { return Zone("UTC", {{INT64_MIN, 0}}); }

  // `name` as in "Europe/Berlin". Fails when there is no such file, it is no time zone, or it counts leap seconds.
  static Result<std::shared_ptr<const Zone>> load(std::string_view name, std::string_view directory = system_zones);
  static Result<Zone> parse(std::string_view name, std::string_view tzif);

  static constexpr std::string_view system_zones = "/usr/share/zoneinfo";

  // A stretch of time with one distance to UTC. The first one begins at INT64_MIN.
  struct Stretch {
    std::int64_t begin;   // UTC seconds
    std::int64_t offset;  // seconds east of UTC
  };
  const std::string& name() const { return name_; }
  std::int64_t offset_at(std::int64_t unix_second) const { return stretches_[index_at(unix_second)].offset; }

  // The first second at which the clock shows `local` or later. Where the clock jumps over it: the moment of the jump.
  // Where it is shown twice: the first time.
  std::int64_t first_at_or_after(std::int64_t local) const;

  // The stretch around a moment, for those who must know where it ends.
  std::size_t index_at(std::int64_t unix_second) const;
  const std::vector<Stretch>& stretches() const { return stretches_; }

 private:
  Zone(std::string_view name, std::vector<Stretch> stretches) : name_(name), stretches_(std::move(stretches)) {}

  std::string name_;
  std::vector<Stretch> stretches_;
};

}  // namespace tollgate
