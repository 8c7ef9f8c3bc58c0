#include "app/commands/row_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tollgate {
namespace {

std::unexpected<Error> wrong(std::string_view option, std::string_view what) {
  return fail(Fault::invalid_request, fmt::format("--{} {}", option, what), std::string(option));
}

constexpr std::size_t date_length = 10;  // 2026-11-22
constexpr std::int64_t ns_per_second = 1'000'000'000;

// Midnight of a date in the zone, or its first moment where the clock jumps over midnight. Null: UTC.
WallTime midnight(WallTime utc, const Zone* zone) {
  return zone == nullptr ? utc : WallTime{zone->first_at_or_after(utc.unix_seconds()) * ns_per_second};
}

Result<void> read_time(const CommandLine& line, std::string_view option, const Zone* zone, WallTime& at) {
  auto text = line.value(option);
  if (!text) return {};
  if (!parse_rfc3339(*text, at)) return wrong(option, "is no time such as 2026-11-22 or 2026-11-22T19:00:00Z");
  if (text->size() == date_length) at = midnight(at, zone);
  return {};
}

// --month 2026-10: from its first moment to its last.
Result<void> read_month(const CommandLine& line, const Zone* zone, RowFilter& filter) {
  auto text = line.value("month");
  if (!text) return {};
  if (line.has("from") || line.has("to")) return wrong("month", "does not go together with --from and --to");
  WallTime first, next;
  if (text->size() != std::string_view("2026-10").size() || !parse_rfc3339(*text + "-01", first))
    return wrong("month", "is no month such as 2026-10");
  constexpr std::int64_t seconds_per_day = 86'400;
  CivilDate date = civil_from_days(first.unix_seconds() / seconds_per_day);
  date = date.month == 12 ? CivilDate{date.year + 1, 1, 1} : CivilDate{date.year, date.month + 1, 1};
  next = {days_from_civil(date) * seconds_per_day * ns_per_second};
  filter.from = midnight(first, zone);
  filter.to = midnight(next, zone);
  return {};
}

Result<std::shared_ptr<const Zone>> zone_of(const CommandLine& line) {
  auto text = line.value("timezone");
  if (!text) return std::shared_ptr<const Zone>();
  return Zone::load(*text);
}

// An empty name would mean all.
Result<void> read_name(const CommandLine& line, std::string_view option, std::string& name) {
  auto text = line.value(option);
  if (text && text->empty()) return wrong(option, "is empty");
  name = text.value_or("");
  return {};
}

Result<SumBucket> bucket_of(const CommandLine& line) {
  auto text = line.value("bucket");
  if (!text) return SumBucket::none;
  if (*text == "hour") return SumBucket::hour;
  if (*text == "day") return SumBucket::day;
  if (*text == "week") return SumBucket::week;
  if (*text == "month") return SumBucket::month;
  return wrong("bucket", "must be hour, day, week or month");
}

Result<std::vector<std::string>> names_of(const CommandLine& line) {
  std::vector<std::string> names;
  auto text = line.value("by");
  if (!text) return names;
  for (std::string_view part : split(*text, ',')) {
    std::string name(trimmed(part));
    if (name.empty()) return wrong("by", "has an empty name");
    if (std::ranges::find(names, name) != names.end()) return wrong("by", fmt::format("names `{}` twice", name));
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

Result<RowFilter> row_filter_of(const CommandLine& line, const Zone* zone) {
  RowFilter filter;
  TG_TRY_VOID(read_time(line, "from", zone, filter.from));
  TG_TRY_VOID(read_time(line, "to", zone, filter.to));
  if (filter.from >= filter.to) return wrong("to", "must be later than --from");
  TG_TRY_VOID(read_name(line, "key", filter.key));
  TG_TRY_VOID(read_name(line, "team", filter.team));
  TG_TRY_VOID(read_name(line, "user", filter.user));
  if (auto text = line.value("limit")) {
    auto limit = parse_u64(*text);
    if (!limit) return wrong("limit", "must be a whole number");
    filter.limit = *limit;
  }
  if (line.has("newest")) filter.order = RowOrder::newest_first;
  return filter;
}

Result<SumQuery> sum_query_of(const CommandLine& line) {
  SumQuery query;
  TG_TRY(zone, zone_of(line));
  TG_TRY(filter, row_filter_of(line, zone.get()));
  TG_TRY_VOID(read_month(line, zone.get(), filter));
  TG_TRY(by, names_of(line));
  TG_TRY(bucket, bucket_of(line));
  query.filter = std::move(filter);
  query.by = std::move(by);
  query.bucket = bucket;
  query.zone = std::move(zone);
  return query;
}

}  // namespace tollgate
