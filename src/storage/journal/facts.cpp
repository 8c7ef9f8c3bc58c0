#include "storage/journal/facts.h"

#include "domain/record.h"
#include "storage/journal/rows.h"

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_minute = 60'000'000'000;
constexpr std::int64_t minutes_per_quarter = 15, minutes_per_hour = 60;

std::int64_t minutes(Duration duration) { return duration.count() / ns_per_minute; }

void accumulate(FactSums& sums, const FactSums& more) {
  sums.requests += more.requests;
  sums.input_tokens = (Tokens{sums.input_tokens} + Tokens{more.input_tokens}).count;
  sums.output_tokens = (Tokens{sums.output_tokens} + Tokens{more.output_tokens}).count;
  sums.cost_nano_usd = (Money{sums.cost_nano_usd} + Money{more.cost_nano_usd}).nano_usd;
}

}  // namespace

std::size_t Facts::Hash::operator()(const FactKey& key) const {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
  std::uint64_t hash = static_cast<std::uint64_t>(key.minute);
  for (std::uint64_t part :
       {key.user, std::uint64_t{key.key} << 32 | key.team, std::uint64_t{key.feature} << 32 | key.tags,
        std::uint64_t{key.route} << 32 | key.provider, std::uint64_t{key.model}}) {
    hash = (hash ^ part) * odd;
    hash ^= hash >> 29;
  }
  return hash;
}

void Facts::add(const RequestRecord& record) {
  if (record.status == static_cast<std::uint8_t>(RowStatus::refused)) return;
  Usage usage = usage_of(record.usage);
  add({.minute = record.at_ns / ns_per_minute,
       .user = record.user,
       .key = record.key,
       .team = record.team,
       .feature = record.feature,
       .tags = record.tags,
       .route = record.route,
       .provider = record.provider,
       .model = record.model},
      {.requests = 1,
       .input_tokens = usage.all_input().count,
       .output_tokens = usage.all_output().count,
       .cost_nano_usd = record.cost_nano_usd});
}

void Facts::add(const FactKey& key, const FactSums& sums) { accumulate(sums_[key], sums); }

void Facts::compact(WallTime now) {
  std::int64_t this_minute = now.ns / ns_per_minute;
  std::int64_t oldest = this_minute - minutes(facts_kept), fine_from = this_minute - minutes(facts_by_minute);
  std::int64_t width = sums_.size() > facts_before_hours ? minutes_per_hour : minutes_per_quarter;
  std::unordered_map<FactKey, FactSums, Hash> kept;
  kept.reserve(sums_.size());
  for (const auto& [key, sums] : sums_) {
    if (key.minute < oldest) continue;
    FactKey wider = key;
    if (key.minute < fine_from) wider.minute -= key.minute % width;
    accumulate(kept[wider], sums);
  }
  sums_ = std::move(kept);
}

void Facts::each(const std::function<void(const FactKey&, const FactSums&)>& visit) const {
  for (const auto& [key, sums] : sums_) visit(key, sums);
}

}  // namespace tollgate
