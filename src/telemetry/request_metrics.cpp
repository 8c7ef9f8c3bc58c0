#include "telemetry/request_metrics.h"

#include <algorithm>

#include "telemetry/metrics.h"

namespace tollgate {
namespace {

constexpr std::int64_t milli_per_unit = 1000;
constexpr std::int64_t ms_per_second = 1000;

constexpr std::string_view kind_names[] = {"input",     "cached",      "cache_write", "output",
                                           "reasoning", "audio_input", "audio_output"};

// Four ids in one number; that of `other` in all four is where a full cache counts.
constexpr std::uint64_t packed(NameTable::Id a, NameTable::Id b, NameTable::Id c, NameTable::Id d) {
  return std::uint64_t{a} << 48 | std::uint64_t{b} << 32 | std::uint64_t{c} << 16 | d;
}
constexpr NameTable::Id part(std::uint64_t key, int number) {
  return static_cast<NameTable::Id>(key >> (48 - 16 * number));
}
constexpr std::uint64_t all_other = packed(NameTable::other, NameTable::other, NameTable::other, NameTable::other);
constexpr std::uint64_t other_target = packed(0, 0, NameTable::other, NameTable::other);

// Counters only grow: a negative number would be a fault elsewhere and must not look like a restart.
std::uint64_t positive(std::int64_t number) { return static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0)); }

std::vector<std::string> fault_names() {
  std::vector<std::string> names;
  for (int fault = 0; fault < fault_count; ++fault) names.emplace_back(info(static_cast<Fault>(fault)).name);
  return names;
}

bool same_target(const AttemptRow& a, const AttemptRow& b) {
  return a.provider == b.provider && a.model == b.model && a.region == b.region;
}

bool free_though_priced(const RequestRow& row) {
  bool answered_upstream = row.cache == CacheResult::off || row.cache == CacheResult::miss;
  return row.status == RowStatus::ok && answered_upstream && row.cost.nano_usd == 0 && !row.price_id.empty() &&
         !row.usage.nothing();
}

}  // namespace

RequestMetrics::RequestMetrics(Registry& registry, MetricCells& cells, const CurrentLabelNames& names)
    : registry_(registry),
      cells_(cells),
      current_names_(names),
      results_(fault_names()),
      calls_(all_other, blocks_max),
      attempts_(other_target, blocks_max),
      fallbacks_(all_other, blocks_max),
      saved_(registry.counter(metric::saved_nano_usd_total)),
      retries_(registry.counter(metric::retries_total)),
      rows_(registry.counter(metric::ledger_rows_total)),
      zero_cost_(registry.counter(metric::priced_model_zero_cost_total)),
      duration_(registry.histogram(metric::request_duration_seconds)),
      first_token_(registry.histogram(metric::first_token_seconds)),
      speed_(registry.histogram(metric::output_tokens_per_second)),
      overhead_(registry.histogram(metric::gateway_overhead_seconds)) {
  take_names();
}

void RequestMetrics::recorded(const RequestRow& row, std::span<const AttemptRow> attempts) {
  if (current_names_.version() != names_version_) [[unlikely]]
    take_names();
  cells_.add(rows_);
  count_call(row);
  count_times(row);
  if (row.saved.nano_usd > 0) cells_.add(saved_, positive(row.saved.nano_usd));
  if (free_though_priced(row)) cells_.add(zero_cost_);
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    count_attempt(attempts[i]);
    if (i > 0) count_next_attempt(attempts[i - 1], attempts[i]);
  }
}

void RequestMetrics::limit_rejected(std::string_view limit) {
  auto known = limits_.find(limit);
  if (known == limits_.end()) {
    if (limits_.size() >= limits_max) limit = other_label;
    known = limits_.emplace(limit, registry_.counter(metric::limit_rejections_total, {limit})).first;
  }
  cells_.add(known->second);
}

void RequestMetrics::credential_benched(std::string_view provider, std::string_view key, std::string_view why) {
  cells_.add(registry_.counter(metric::credentials_benched_total, {provider, key, why}));
}

// The version first: names that are replaced in between are taken again next time.
void RequestMetrics::take_names() {
  names_version_ = current_names_.version();
  names_ = current_names_.get();
  calls_.clear();
  attempts_.clear();
  fallbacks_.clear();
}

void RequestMetrics::count_call(const RequestRow& row) {
  auto [key, series] = calls_.find(call_key(row));
  Counter& requests = series.requests[static_cast<std::size_t>(row.status)];
  if (requests.none()) requests = call_counter(metric::requests_total, key, to_string(row.status));
  cells_.add(requests);
  count_tokens(series, key, row.usage);
  if (row.cost.nano_usd <= 0) return;
  if (series.cost.none()) series.cost = cost_counter(key);
  cells_.add(series.cost, positive(row.cost.nano_usd));
}

void RequestMetrics::count_tokens(CallSeries& series, std::uint64_t key, const Usage& usage) {
  const std::int64_t counts[kinds] = {usage.input.count,
                                      usage.cache_read.count,
                                      (usage.cache_write_5m + usage.cache_write_1h).count,
                                      usage.output.count,
                                      usage.reasoning.count,
                                      usage.audio_input.count,
                                      usage.audio_output.count};
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    if (counts[kind] <= 0) continue;
    if (series.tokens[kind].none()) series.tokens[kind] = call_counter(metric::tokens_total, key, kind_names[kind]);
    cells_.add(series.tokens[kind], positive(counts[kind]));
  }
}

void RequestMetrics::count_times(const RequestRow& row) {
  cells_.observe(duration_, row.duration_ms);
  if (row.first_token_ms < 0) return;
  cells_.observe(first_token_, row.first_token_ms);
  std::int64_t streamed_ms = row.duration_ms - row.first_token_ms;
  std::int64_t tokens = row.usage.all_output().count;
  std::int64_t milli_tokens_second = 0;  // what overflows is no count of tokens
  if (!row.stream || row.status != RowStatus::ok || streamed_ms <= 0 || tokens <= 0) return;
  if (__builtin_mul_overflow(tokens, milli_per_unit * ms_per_second, &milli_tokens_second)) return;
  cells_.observe(speed_, milli_tokens_second / streamed_ms);
}

void RequestMetrics::count_attempt(const AttemptRow& attempt) {
  auto [key, series] = attempts_.find(target_key(attempt));
  NameTable::Id result = results_.id(attempt.error_class);
  Counter& counter = series.by_result[result];
  if (counter.none()) {
    std::string_view word = result == NameTable::none ? "ok" : results_.text(result);
    counter = registry_.counter(metric::attempts_total,
                                {names_->providers.text(part(key, 2)), names_->models.text(part(key, 3)), word});
  }
  cells_.add(counter);
}

void RequestMetrics::count_next_attempt(const AttemptRow& before, const AttemptRow& attempt) {
  if (same_target(before, attempt)) return cells_.add(retries_);
  auto [key, series] = fallbacks_.find(target_key(before) << 32 | target_key(attempt));
  NameTable::Id reason = results_.id(before.error_class);
  Counter& counter = series.by_reason[reason];
  if (counter.none()) {
    std::string_view word = reason == NameTable::none ? "none" : results_.text(reason);
    counter = registry_.counter(metric::fallbacks_total, {target_name(key >> 32), target_name(key), word});
  }
  cells_.add(counter);
}

std::uint64_t RequestMetrics::call_key(const RequestRow& row) const {
  return packed(names_->routes.id(row.route), names_->providers.id(row.provider), names_->models.id(row.model),
                names_->teams.id(row.attribution.team));
}

std::uint64_t RequestMetrics::target_key(const AttemptRow& attempt) const {
  return packed(0, 0, names_->providers.id(attempt.provider), names_->models.id(attempt.model));
}

// Of the target in the lower half of the key.
std::string RequestMetrics::target_name(std::uint64_t key) const {
  return std::string(names_->providers.text(part(key, 2))) + '/' + std::string(names_->models.text(part(key, 3)));
}

Counter RequestMetrics::call_counter(const Family& family, std::uint64_t key, std::string_view word) {
  return registry_.counter(family, {names_->routes.text(part(key, 0)), names_->providers.text(part(key, 1)),
                                    names_->models.text(part(key, 2)), names_->teams.text(part(key, 3)), word});
}

Counter RequestMetrics::cost_counter(std::uint64_t key) {
  return registry_.counter(metric::cost_nano_usd_total,
                           {names_->routes.text(part(key, 0)), names_->providers.text(part(key, 1)),
                            names_->models.text(part(key, 2)), names_->teams.text(part(key, 3))});
}

}  // namespace tollgate
