#include "app/commands/row_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tollgate {
namespace {

std::unexpected<Error> wrong(std::string_view option, std::string_view what) {
  return fail(Fault::invalid_request, fmt::format("--{} {}", option, what), std::string(option));
}

Result<void> read_time(const CommandLine& line, std::string_view option, WallTime& at) {
  auto text = line.value(option);
  if (text && !parse_rfc3339(*text, at)) return wrong(option, "is no time such as 2026-11-22 or 2026-11-22T19:00:00Z");
  return {};
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

Result<RowFilter> row_filter_of(const CommandLine& line) {
  RowFilter filter;
  TG_TRY_VOID(read_time(line, "from", filter.from));
  TG_TRY_VOID(read_time(line, "to", filter.to));
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
  TG_TRY(filter, row_filter_of(line));
  TG_TRY(by, names_of(line));
  TG_TRY(bucket, bucket_of(line));
  query.filter = std::move(filter);
  query.by = std::move(by);
  query.bucket = bucket;
  return query;
}

}  // namespace tollgate
