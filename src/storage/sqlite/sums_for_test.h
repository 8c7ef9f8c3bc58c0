#pragma once
// Random rows, random questions, and the sums of a question made row by row: what sum_rows must say, whatever it reads.

#include <map>
#include <random>

#include "limits/window.h"
#include "limits/zone_for_test.h"
#include "storage/journal/journal_for_test.h"
#include "storage/sqlite/sums.h"

namespace tollgate {

class RandomSums {
 public:
  explicit RandomSums(std::uint64_t seed) : random_(seed) {}

  std::int64_t below(std::int64_t bound) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound)); }
  std::string one_of(const char* prefix, std::int64_t count) { return prefix + std::to_string(below(count)); }

  // Of some seventy days before noon; now and then on the stroke of an hour, a day or a month.
  WallTime time() {
    std::int64_t hours = noon.unix_seconds() / 3600 - below(70 * 24);
    switch (below(8)) {
      case 0: return {hours * ns_per_hour};
      case 1: return {hours / 24 * 24 * ns_per_hour};
      case 2: return at(below(2) == 0 ? "2026-10-01" : "2026-11-01");
      default: return {hours * ns_per_hour + below(ns_per_hour)};
    }
  }

  RequestRow row(std::uint64_t number) {
    RequestRow row = test_row(number);
    row.at = time();
    row.id = {static_cast<std::uint64_t>(row.at.unix_ms()) << 16 | (number & 0xFFFF), number << 20 | random_() % 1'000'000};
    row.finished_at = row.at + milliseconds(below(100'000));
    row.key = one_of("key-", 3);
    row.attribution = {.team = one_of("team-", 3), .user = one_of("user-", 5), .feature = one_of("feature-", 2), .tags = {}};
    if (below(2) == 0) row.attribution.tags = {{"env", one_of("env-", 2)}};
    if (below(4) == 0) row.attribution.team.clear(), row.attribution.user.clear();
    row.route = one_of("route-", 2);
    row.provider = one_of("provider-", 2);
    row.model = one_of("model-", 3);
    row.region = one_of("region-", 2);
    row.status = static_cast<RowStatus>(below(5));
    row.usage = {.input = {below(1000)}, .cache_read = {below(10)}, .output = {below(500)}, .reasoning = {below(3)}};
    row.cost = {below(1'000'000'000)};
    row.saved = {below(7)};
    return row;
  }

  SumQuery question() {
    static constexpr std::string_view names[] = {"key",    "team",   "user",     "feature", "tags.env", "route",
                                                 "model",  "region", "provider", "status",  "endpoint", "error_code"};
    SumQuery query{.filter = {}, .by = {}, .bucket = static_cast<SumBucket>(below(5))};
    for (auto name : names)
      if (below(6) == 0) query.by.emplace_back(name);
    if (below(2) == 0) query.filter.from = time();
    if (below(2) == 0) query.filter.to = time();
    if (below(6) == 0) query.filter.team = one_of("team-", 4);
    if (below(6) == 0) query.filter.user = one_of("user-", 5);
    if (below(6) == 0) query.filter.key = one_of("key-", 3);
    static const auto kolkata = zone_of("Asia/Kolkata", {.offsets = {19'800}, .rule = "IST-5:30"});
    std::int64_t zone = below(4);
    if (zone == 0) query.zone = berlin();
    if (zone == 1) query.zone = kolkata;
    return query;
  }

 private:
  std::mt19937_64 random_;
};

inline std::string value_of(const RequestRow& row, std::string_view name) {
  if (name == "user") return row.attribution.user;
  if (name == "team") return row.attribution.team;
  if (name == "feature") return row.attribution.feature;
  if (name == "key") return row.key;
  if (name == "route") return row.route;
  if (name == "model") return row.model;
  if (name == "region") return row.region;
  if (name == "provider") return row.provider;
  if (name == "endpoint") return row.endpoint;
  if (name == "error_code") return row.error_code;
  if (name == "status") return std::string(to_string(row.status));
  for (const auto& [tag, value] : row.attribution.tags)
    if (name == "tags." + tag) return value;
  return {};
}

inline std::string text_of(const Sum& sum) {
  std::string text;
  for (std::int64_t n : {sum.requests, sum.refused, sum.usage.input.count, sum.usage.cache_read.count, sum.usage.cache_write_5m.count,
                         sum.usage.output.count, sum.usage.reasoning.count, sum.usage.image_count, sum.cost.nano_usd, sum.saved.nano_usd})
    text += " " + std::to_string(n);
  return text;
}

inline std::vector<std::string> texts_of(const Sums& sums) {
  std::vector<std::string> texts;
  for (const auto& row : sums.rows) {
    std::string text = row.bucket;
    for (const auto& name : row.by) text += "|" + name;
    texts.push_back(text + ":" + text_of(row.sum));
  }
  std::ranges::sort(texts);
  texts.push_back("total:" + text_of(sums.total));
  return texts;
}

inline void add_row_to(Sum& sum, const RequestRow& row) {
  ++sum.requests;
  sum.refused += row.status == RowStatus::refused;
  sum.usage.input += row.usage.input;
  sum.usage.cache_read += row.usage.cache_read;
  sum.usage.cache_write_5m += row.usage.cache_write_5m;
  sum.usage.output += row.usage.output;
  sum.usage.reasoning += row.usage.reasoning;
  sum.usage.image_count += row.usage.image_count;
  sum.cost += row.cost;
  sum.saved += row.saved;
}

// `rows`: all that the ledger has.
inline std::vector<std::string> sums_by_hand(const std::vector<RequestRow>& rows, const SumQuery& query) {
  std::map<std::pair<std::string, std::vector<std::string>>, Sum> groups;
  Sums sums;
  auto zone = query.zone == nullptr ? utc() : query.zone;
  for (const auto& row : rows) {
    const auto& filter = query.filter;
    if (row.at < filter.from || row.at >= filter.to) continue;
    if (!filter.key.empty() && row.key != filter.key) continue;
    if (!filter.team.empty() && row.attribution.team != filter.team) continue;
    if (!filter.user.empty() && row.attribution.user != filter.user) continue;
    std::string bucket;
    if (query.bucket != SumBucket::none) {
      constexpr Every every[] = {Every::ever, Every::hour, Every::day, Every::week, Every::month};
      WallTime begin = Window::calendar(every[static_cast<std::size_t>(query.bucket)], zone).period_at(row.at).begin;
      bucket = rfc3339(begin, zone->offset_at(begin.unix_seconds()));
    }
    std::vector<std::string> names;
    for (const auto& name : query.by) names.push_back(value_of(row, name));
    add_row_to(groups[{bucket, names}], row);
    add_row_to(sums.total, row);
  }
  for (const auto& [place, sum] : groups) sums.rows.push_back({place.second, place.first, sum});
  return texts_of(sums);
}

}  // namespace tollgate
