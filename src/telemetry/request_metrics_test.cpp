#include "telemetry/request_metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "telemetry/metrics.h"
#include "telemetry/prometheus.h"
#include "telemetry/rows_for_test.h"

namespace tollgate {
namespace {

// All series of a family: from its label values to its sum.
std::map<std::vector<std::string>, std::uint64_t> read(const Registry& registry, const Family& family) {
  std::map<std::vector<std::string>, std::uint64_t> out;
  for (const auto& [of, series] : registry.series())
    for (const Registry::Series* one : series)
      if (of == &family) out[one->values] = registry.sum(one->cell);
  return out;
}

// The sum of a family over all series; of those whose last label is `word` when there is one.
std::uint64_t sum(const Registry& registry, const Family& family, std::string_view word = {}) {
  std::uint64_t total = 0;
  for (const auto& [values, count] : read(registry, family))
    if (word.empty() || values.back() == word) total += count;
  return total;
}

// One worker and all that it needs.
struct Fixture {
  Registry registry{metric::gateway_families};
  CurrentLabelNames names{names_for_test()};
  RequestMetrics metrics{registry, registry.add_cells(), names};
};

// What rows add up to, by the words that the metrics use.
struct Sums {
  std::map<std::string, std::uint64_t> statuses, kinds;
  std::uint64_t cost = 0, saved = 0, rows = 0, attempts = 0, further = 0;

  void add(const RequestRow& row, std::span<const AttemptRow> tries) {
    const Usage& u = row.usage;
    ++rows;
    ++statuses[std::string(to_string(row.status))];
    const std::pair<const char*, Tokens> counts[] = {
        {"input", u.input},   {"cached", u.cache_read},   {"cache_write", u.cache_write_5m + u.cache_write_1h},
        {"output", u.output}, {"reasoning", u.reasoning}, {"audio_input", u.audio_input},
        {"audio_output", u.audio_output}};
    for (const auto& [kind, tokens] : counts) kinds[kind] += static_cast<std::uint64_t>(tokens.count);
    cost += static_cast<std::uint64_t>(row.cost.nano_usd);
    saved += static_cast<std::uint64_t>(row.saved.nano_usd);
    attempts += tries.size();
    further += tries.empty() ? 0 : tries.size() - 1;
  }
};

void expect_equal(const Registry& registry, const Sums& sums) {
  for (const auto& [status, count] : sums.statuses)
    EXPECT_EQ(sum(registry, metric::requests_total, status), count) << status;
  for (const auto& [kind, count] : sums.kinds) EXPECT_EQ(sum(registry, metric::tokens_total, kind), count) << kind;
  EXPECT_EQ(sum(registry, metric::requests_total), sums.rows);
  EXPECT_EQ(sum(registry, metric::ledger_rows_total), sums.rows);
  EXPECT_EQ(sum(registry, metric::cost_nano_usd_total), sums.cost);
  EXPECT_EQ(sum(registry, metric::saved_nano_usd_total), sums.saved);
  EXPECT_EQ(sum(registry, metric::attempts_total), sums.attempts);
  EXPECT_EQ(sum(registry, metric::fallbacks_total) + sum(registry, metric::retries_total), sums.further);
}

TEST(RequestMetrics, AddUpToTheRows) {
  Fixture here;
  RandomRows rows(1);
  Sums sums;
  for (int i = 0; i < 50'000; ++i) {
    RequestRow row = rows.next();
    auto attempts = rows.attempts();
    here.metrics.recorded(row, attempts);
    sums.add(row, attempts);
  }
  expect_equal(here.registry, sums);
}

TEST(RequestMetrics, LabelWithTheNamesOfTheConfiguration) {
  Fixture here;
  RequestRow row;
  row.route = "claude-3";
  row.provider = "openai";
  row.model = "never-heard-of";
  row.attribution.team = "search";
  row.status = RowStatus::ok;
  row.cost = {7};
  here.metrics.recorded(row, {});
  std::vector<std::string> labels = {"claude-*", "openai", "other", "search"};
  EXPECT_EQ(read(here.registry, metric::cost_nano_usd_total).at(labels), 7u);
  labels.push_back("ok");
  EXPECT_EQ(read(here.registry, metric::requests_total).at(labels), 1u);
}

TEST(RequestMetrics, LeaveTheProviderOfARefusedCallEmpty) {
  Fixture here;
  RequestRow row;
  row.route = "gpt-4o";
  here.metrics.recorded(row, {});
  std::vector<std::string> labels = {"gpt-4o", "", "", "", "refused"};
  EXPECT_EQ(read(here.registry, metric::requests_total).at(labels), 1u);
}

TEST(RequestMetrics, KeepSeriesBoundedOverAMillionRandomNames) {
  Fixture here;
  RandomRows rows(2);
  RequestRow row = rows.next();
  std::vector<AttemptRow> attempts(2);
  Sums sums;
  for (int i = 0; i < 1'000'000; ++i) {
    row.route = row.model = row.provider = row.attribution.team = row.attribution.user = rows.unknown();
    attempts[1].error_class = attempts[1].provider = attempts[1].model = row.model;
    row.status = static_cast<RowStatus>(i % 5);
    here.metrics.recorded(row, attempts);
    sums.add(row, attempts);
  }
  EXPECT_LT(here.registry.series_count(), 100u);
  expect_equal(here.registry, sums);
}

TEST(RequestMetrics, StayRightWhenAConfigurationHasMoreNamesThanSeries) {
  NameLists lists = names_for_test();
  for (int i = 0; i < 4000; ++i) lists.teams.push_back("team-" + std::to_string(i));
  Fixture here;
  here.names.replace(lists);
  RandomRows rows(3);
  Sums sums;
  for (int i = 0; i < 20'000; ++i) {
    RequestRow row = rows.next();
    row.attribution.team = "team-" + std::to_string(i % 4000);
    here.metrics.recorded(row, {});
    sums.add(row, {});
  }
  std::size_t most = Registry::overflow_max + 1 + metric::requests_total.series_max;
  EXPECT_LE(read(here.registry, metric::requests_total).size(), most);
  EXPECT_LE(read(here.registry, metric::tokens_total).size(), most);
  EXPECT_GT(here.registry.folded(), 0u);
  expect_equal(here.registry, sums);
}

TEST(RequestMetrics, KnowNewNamesAfterAReload) {
  Fixture here;
  RequestRow row;
  row.route = "new-route";
  here.metrics.recorded(row, {});
  NameLists lists = names_for_test();
  lists.routes.insert(lists.routes.begin(), "new-route");
  here.names.replace(lists);
  here.metrics.recorded(row, {});
  auto series = read(here.registry, metric::requests_total);
  EXPECT_EQ(series.at({"other", "", "", "", "refused"}), 1u);
  EXPECT_EQ(series.at({"new-route", "", "", "", "refused"}), 1u);
}

TEST(RequestMetrics, TellFallbacksFromRetries) {
  Fixture here;
  std::vector<AttemptRow> attempts(3);
  attempts[0].provider = attempts[1].provider = "openai";
  attempts[0].model = attempts[1].model = "gpt-4o";
  attempts[0].error_class = attempts[1].error_class = "upstream_overloaded";
  attempts[2].provider = "anthropic";
  attempts[2].model = "claude-sonnet-4";
  here.metrics.recorded(RequestRow{}, attempts);
  EXPECT_EQ(sum(here.registry, metric::retries_total), 1u);
  auto fallbacks = read(here.registry, metric::fallbacks_total);
  EXPECT_EQ(fallbacks.at({"openai/gpt-4o", "anthropic/claude-sonnet-4", "upstream_overloaded"}), 1u);
  auto tries = read(here.registry, metric::attempts_total);
  EXPECT_EQ(tries.at({"openai", "gpt-4o", "upstream_overloaded"}), 2u);
  EXPECT_EQ(tries.at({"anthropic", "claude-sonnet-4", "ok"}), 1u);
}

TEST(RequestMetrics, CountAPricedAnswerThatCostNothing) {
  Fixture here;
  RequestRow row;
  row.status = RowStatus::ok;
  row.price_id = "p1";
  row.usage.output = {5};
  here.metrics.recorded(row, {});
  EXPECT_EQ(sum(here.registry, metric::priced_model_zero_cost_total), 1u);
  row.cache = CacheResult::exact;
  here.metrics.recorded(row, {});
  row.cache = CacheResult::miss;
  row.cost = {1};
  here.metrics.recorded(row, {});
  row.cost = {};
  row.price_id.clear();
  here.metrics.recorded(row, {});
  EXPECT_EQ(sum(here.registry, metric::priced_model_zero_cost_total), 1u);
}

TEST(RequestMetrics, MeasureTheSpeedOfWholeStreamsOnly) {
  Fixture here;
  RequestRow row;
  row.status = RowStatus::ok;
  row.stream = true;
  row.usage.output = {100};
  row.first_token_ms = 500;
  row.duration_ms = 2500;
  here.metrics.recorded(row, {});
  row.stream = false;
  here.metrics.recorded(row, {});
  row.first_token_ms = -1;
  here.metrics.recorded(row, {});
  std::string text;
  append_prometheus(text, here.registry);
  EXPECT_NE(text.find("tollgate_output_tokens_per_second_sum 50\n"), std::string::npos);
  EXPECT_NE(text.find("tollgate_output_tokens_per_second_count 1\n"), std::string::npos);
  EXPECT_NE(text.find("tollgate_first_token_seconds_sum 1\n"), std::string::npos);
  EXPECT_NE(text.find("tollgate_request_duration_seconds_sum 7.5\n"), std::string::npos);
}

TEST(RequestMetrics, CountRejectionsByLimit) {
  Fixture here;
  here.metrics.limit_rejected("search-daily");
  here.metrics.limit_rejected("search-daily");
  for (int i = 0; i < 10'000; ++i) here.metrics.limit_rejected("limit-" + std::to_string(i));
  auto series = read(here.registry, metric::limit_rejections_total);
  EXPECT_EQ(series.at({"search-daily"}), 2u);
  EXPECT_EQ(sum(here.registry, metric::limit_rejections_total), 10'002u);
  EXPECT_LE(series.size(), metric::limit_rejections_total.series_max + 1);
}

TEST(RequestMetrics, LoseNothingWithTwoWorkersAScrapeAndReloads) {
  constexpr int rounds = 30'000;
  Registry registry(metric::gateway_families);
  CurrentLabelNames names(names_for_test());
  Sums sums[2];
  auto work = [&](MetricCells& cells, int number) {
    RequestMetrics metrics(registry, cells, names);
    RandomRows rows(static_cast<std::uint64_t>(10 + number));
    for (int i = 0; i < rounds; ++i) {
      RequestRow row = rows.next();
      auto attempts = rows.attempts();
      metrics.recorded(row, attempts);
      sums[number].add(row, attempts);
    }
  };
  MetricCells& first_cells = registry.add_cells();
  MetricCells& second_cells = registry.add_cells();
  std::thread first(work, std::ref(first_cells), 0);
  std::thread second(work, std::ref(second_cells), 1);
  std::string text;
  while (sum(registry, metric::ledger_rows_total) < 2 * rounds) {
    text.clear();
    append_prometheus(text, registry);
    names.replace(names_for_test());
  }
  first.join();
  second.join();
  Sums both = sums[0];
  for (const auto& [status, count] : sums[1].statuses) both.statuses[status] += count;
  for (const auto& [kind, count] : sums[1].kinds) both.kinds[kind] += count;
  both.cost += sums[1].cost, both.saved += sums[1].saved, both.rows += sums[1].rows;
  both.attempts += sums[1].attempts, both.further += sums[1].further;
  expect_equal(registry, both);
}

TEST(NameTable, PrefersTheExactNameThenTheLongestPattern) {
  NameTable table({"gpt-*", "gpt-4*", "gpt-4o", "claude"});
  EXPECT_EQ(table.text(table.id("gpt-4o")), "gpt-4o");
  EXPECT_EQ(table.text(table.id("gpt-4.1")), "gpt-4*");
  EXPECT_EQ(table.text(table.id("gpt-5")), "gpt-*");
  EXPECT_EQ(table.text(table.id("claude-3")), "other");
  EXPECT_EQ(table.id(""), NameTable::none);
}

TEST(NameTable, FindsEachOfManyNames) {
  std::vector<std::string> names;
  for (int i = 0; i < 70'000; ++i) names.push_back("n" + std::to_string(i));
  NameTable table(names);
  for (std::size_t i = 0; i < NameTable::names_max; ++i) EXPECT_EQ(table.text(table.id(names[i])), names[i]);
  EXPECT_EQ(table.id("n69999"), NameTable::other);
}

}  // namespace
}  // namespace tollgate
