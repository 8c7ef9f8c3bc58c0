#pragma once
// Turns finished requests into metrics. Each worker thread has one RequestMetrics over its own cells; all share the
// registry and the names that may stand in labels.
//
// A label set that the thread has met costs no lock and no memory; the first meeting takes the registry's lock. Label
// values are looked up in LabelNames, so callers cannot make series (telemetry/metrics.h says what each metric
// counts).

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "base/time.h"
#include "domain/record.h"
#include "metrics/registry.h"
#include "metrics/series_cache.h"
#include "telemetry/label_names.h"

namespace tollgate {

class RequestMetrics {
 public:
  // All three must outlive it; `cells` belong to the thread that calls it.
  RequestMetrics(Registry& registry, MetricCells& cells, const CurrentLabelNames& names);

  // Once for each request that has ended, with all its attempts in order.
  void recorded(const RequestRow& row, std::span<const AttemptRow> attempts);
  // A limit refused a call. The row that follows says so too, but not which limit it was.
  void limit_rejected(std::string_view limit);
  // A credential is left alone for a while. Rare: it asks the registry each time.
  void credential_benched(std::string_view provider, std::string_view key, std::string_view why);
  // The gateway's own time in one request.
  void overhead(Duration spent) { cells_.observe(overhead_, spent.count()); }

 private:
  static constexpr std::size_t blocks_max = 8192;  // label sets that one thread remembers
  static constexpr std::size_t limits_max = 4096;
  static constexpr std::size_t statuses = 5;
  static constexpr std::size_t kinds = 7;
  static constexpr std::size_t results = fault_count + 2;  // and none, and other

  struct CallSeries {
    std::array<Counter, statuses> requests{};
    std::array<Counter, kinds> tokens{};
    Counter cost{};
  };
  struct AttemptSeries {
    std::array<Counter, results> by_result{};
  };
  struct FallbackSeries {
    std::array<Counter, results> by_reason{};
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  void take_names();
  void count_call(const RequestRow& row);
  void count_tokens(CallSeries& series, std::uint64_t key, const Usage& usage);
  void count_times(const RequestRow& row);
  void count_attempt(const AttemptRow& attempt);
  void count_next_attempt(const AttemptRow& before, const AttemptRow& attempt);

  std::uint64_t call_key(const RequestRow& row) const;
  std::uint64_t target_key(const AttemptRow& attempt) const;
  std::string target_name(std::uint64_t key) const;
  Counter call_counter(const Family& family, std::uint64_t key, std::string_view word);
  Counter cost_counter(std::uint64_t key);

  Registry& registry_;
  MetricCells& cells_;
  const CurrentLabelNames& current_names_;

  std::uint64_t names_version_ = 0;
  std::shared_ptr<const LabelNames> names_;
  NameTable results_;
  SeriesCache<CallSeries> calls_;
  SeriesCache<AttemptSeries> attempts_;
  SeriesCache<FallbackSeries> fallbacks_;
  std::unordered_map<std::string, Counter, TextHash, std::equal_to<>> limits_;

  Counter saved_, retries_, rows_, zero_cost_;
  Histogram duration_, first_token_, speed_, overhead_;
};

}  // namespace tollgate
