#include "telemetry/prometheus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "telemetry/gateway_gauges.h"
#include "telemetry/metrics.h"
#include "telemetry/metrics_reference.h"

namespace tollgate {
namespace {

constexpr std::int64_t ms_bounds[] = {5, 1000};

constexpr Family calls{.name = "calls_total",
                       .type = MetricType::counter,
                       .help = "Calls of a \\ and\na \"quote\".",
                       .labels = {"route", "status"},
                       .named_labels = 1,
                       .series_max = 20'000};
constexpr Family ratio{.name = "ratio", .type = MetricType::gauge, .help = "A ratio.", .decimals = 4};
constexpr Family times{.name = "times_seconds",
                       .type = MetricType::histogram,
                       .help = "Times.",
                       .labels = {"route"},
                       .named_labels = 1,
                       .decimals = 3,
                       .bounds = ms_bounds};

std::string text_of(const Registry& registry) {
  std::string out;
  append_prometheus(out, registry);
  return out;
}

Registry registry_of(std::initializer_list<const Family*> families) { return Registry(families); }

TEST(Prometheus, EscapesHelpAndLabelValues) {
  Registry registry = registry_of({&calls});
  registry.add_cells().add(registry.counter(calls, {"a\\b\"c\nd\r\x1b", "ok"}), 3);
  EXPECT_EQ(text_of(registry),
            "# HELP calls_total Calls of a \\\\ and\\na \"quote\".\n"
            "# TYPE calls_total counter\n"
            "calls_total{route=\"a\\\\b\\\"c\\nd\r\x1b\",status=\"ok\"} 3\n");
}

TEST(Prometheus, WritesHistogramsAsGrowingSums) {
  Registry registry = registry_of({&times});
  MetricCells& cells = registry.add_cells();
  Histogram histogram = registry.histogram(times, {"x"});
  for (std::int64_t ms : {1, 5, 6, 1500, 1000}) cells.observe(histogram, ms);
  EXPECT_EQ(text_of(registry),
            "# HELP times_seconds Times.\n"
            "# TYPE times_seconds histogram\n"
            "times_seconds_bucket{route=\"x\",le=\"0.005\"} 2\n"
            "times_seconds_bucket{route=\"x\",le=\"1\"} 4\n"
            "times_seconds_bucket{route=\"x\",le=\"+Inf\"} 5\n"
            "times_seconds_sum{route=\"x\"} 2.512\n"
            "times_seconds_count{route=\"x\"} 5\n");
}

TEST(Prometheus, AnnouncesAFamilyBeforeItsFirstSeries) {
  Registry registry = registry_of({&ratio});
  EXPECT_EQ(text_of(registry), "# HELP ratio A ratio.\n# TYPE ratio gauge\n");
}

TEST(Prometheus, LeavesOutAGaugeThatIsAbsent) {
  Registry registry = registry_of({&ratio});
  MetricCells& cells = registry.add_cells();
  cells.set(registry.gauge(ratio), MetricCells::absent);
  EXPECT_EQ(text_of(registry), "# HELP ratio A ratio.\n# TYPE ratio gauge\n");
  cells.set(registry.gauge(ratio), -12'500);
  EXPECT_TRUE(text_of(registry).ends_with("\nratio -1.25\n"));
}

TEST(Prometheus, MovesTheDecimalPointExactly) {
  EXPECT_EQ(decimal_text(0, 3), "0");
  EXPECT_EQ(decimal_text(1, 9), "0.000000001");
  EXPECT_EQ(decimal_text(1'500, 3), "1.5");
  EXPECT_EQ(decimal_text(2'000, 3), "2");
  EXPECT_EQ(decimal_text(-5, 2), "-0.05");
  EXPECT_EQ(decimal_text(INT64_MIN, 0), "-9223372036854775808");
  EXPECT_EQ(decimal_text(INT64_MAX, 18), "9.223372036854775807");
}

TEST(Prometheus, WritesTenThousandSeriesInLessThanAHundredMilliseconds) {
  Registry registry = registry_of({&calls});
  MetricCells& cells = registry.add_cells();
  for (int i = 0; i < 10'000; ++i) cells.add(registry.counter(calls, {"route-" + std::to_string(i), "ok"}), 12345);
  auto begin = std::chrono::steady_clock::now();
  std::string text = text_of(registry);
  auto spent = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(std::ranges::count(text, '\n'), 10'002);
  EXPECT_LT(spent, std::chrono::milliseconds(100));
}

TEST(GatewayGauges, AreShownAsTheyWereSet) {
  Registry registry(metric::gateway_families);
  GatewayGauges gauges(registry, {"0.1.0", "abc", "g++ 12"}, {1'700'000'000'500'000'000});
  LimitUse limits[] = {{"search-daily", Percent{4250}}, {"all", percent(100)}};
  gauges.set({.in_flight = 3,
              .upstream_connections = 4,
              .reservations_open = 2,
              .ledger_lag_rows = 7,
              .limits = limits});
  std::string text = text_of(registry);
  for (std::string_view line :
       {"tollgate_in_flight 3", "tollgate_upstream_connections 4", "tollgate_reservations_open 2",
        "tollgate_ledger_lag_rows 7",
        "tollgate_limit_used_ratio{limit=\"search-daily\"} 0.425", "tollgate_limit_used_ratio{limit=\"all\"} 1",
        "tollgate_build_info{version=\"0.1.0\",commit=\"abc\",compiler=\"g++ 12\"} 1",
        "process_start_time_seconds 1700000000.5"})
    EXPECT_NE(text.find('\n' + std::string(line) + '\n'), std::string::npos) << line;
}

TEST(GatewayGauges, ForgetALimitThatIsGone) {
  Registry registry(metric::gateway_families);
  GatewayGauges gauges(registry, {}, {});
  LimitUse limits[] = {{"old", percent(50)}, {"kept", percent(20)}};
  gauges.set({.limits = limits});
  gauges.set({.limits = std::span(limits).subspan(1)});
  std::string text = text_of(registry);
  EXPECT_EQ(text.find("limit=\"old\""), std::string::npos);
  EXPECT_NE(text.find("limit=\"kept\"} 0.2\n"), std::string::npos);
}

TEST(GatewayGauges, KnowWhatTheProgramItselfUses) {
  Registry registry(metric::gateway_families);
  GatewayGauges gauges(registry, {}, {});
  gauges.set({});
  using namespace metric;
  for (const Family* family : {&resident_memory_bytes, &virtual_memory_bytes, &open_fds, &max_fds})
    EXPECT_GT(registry.gauge_sum(registry.gauge(*family).cell), 0) << family->name;
  EXPECT_GT(registry.gauge_sum(registry.gauge(metric::virtual_memory_bytes).cell),
            registry.gauge_sum(registry.gauge(metric::resident_memory_bytes).cell));
}

// Set TOLLGATE_REGENERATE=1 to write the page instead of comparing it.
TEST(MetricsReference, CommittedPageIsWhatTheProgramSays) {
  const std::string path = std::string(TOLLGATE_SOURCE_DIR) + "/docs/generated/metrics.md";
  std::string page = metrics_reference_markdown(metric::gateway_families);
  if (std::getenv("TOLLGATE_REGENERATE") != nullptr) std::ofstream(path, std::ios::binary) << page;
  std::ifstream file(path, std::ios::binary);
  std::string committed{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(committed, page) << "run telemetry_test with TOLLGATE_REGENERATE=1";
}

TEST(MetricsReference, EveryFamilyHasASentenceAndANameWithItsUnit) {
  for (const Family* family : metric::gateway_families) {
    EXPECT_TRUE(family->help.ends_with('.')) << family->name;
    EXPECT_EQ(family->help.find('|'), std::string_view::npos) << family->name;
    EXPECT_EQ(family->type == MetricType::counter, family->name.ends_with("_total")) << family->name;
    EXPECT_TRUE(family->name.starts_with("tollgate_") || family->name.starts_with("process_")) << family->name;
  }
}

}  // namespace
}  // namespace tollgate
