#include "metrics/registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "metrics/series_cache.h"

namespace tollgate {
namespace {

constexpr std::int64_t ms_bounds[] = {10, 100, 1000};

constexpr Family calls{.name = "calls_total",
                       .type = MetricType::counter,
                       .help = "Calls.",
                       .labels = {"model", "status"},
                       .named_labels = 1,
                       .series_max = 4};
constexpr Family open_calls{.name = "open_calls", .type = MetricType::gauge, .help = "Open calls."};
constexpr Family durations{.name = "durations_seconds",
                           .type = MetricType::histogram,
                           .help = "Durations.",
                           .decimals = 3,
                           .bounds = ms_bounds};
constexpr const Family* families[] = {&calls, &open_calls, &durations};

std::uint64_t sum_of(const Registry& registry, const Family& family, std::size_t label, std::string_view value) {
  std::uint64_t sum = 0;
  for (const auto& [of, series] : registry.series())
    for (const Registry::Series* one : series)
      if (of == &family && one->values[label] == value) sum += registry.sum(one->cell);
  return sum;
}

TEST(Registry, GivesTheSameValuesTheSameCellAndOthersAnother) {
  Registry registry(families);
  Counter first = registry.counter(calls, {"a", "ok"});
  EXPECT_EQ(registry.counter(calls, {"a", "ok"}).cell, first.cell);
  EXPECT_NE(registry.counter(calls, {"a", "failed"}).cell, first.cell);
  EXPECT_NE(registry.counter(calls, {"ao", "k"}).cell, first.cell);
  EXPECT_EQ(registry.series_count(), 3u);
}

TEST(Registry, AddsUpTheCellsOfAllThreads) {
  Registry registry(families);
  Counter counter = registry.counter(calls, {"a", "ok"});
  Gauge gauge = registry.gauge(open_calls);
  MetricCells& one = registry.add_cells();
  MetricCells& two = registry.add_cells();
  one.add(counter, 3);
  two.add(counter, 4);
  one.add(gauge, -5);
  two.set(gauge, 2);
  EXPECT_EQ(registry.sum(counter.cell), 7u);
  EXPECT_EQ(registry.gauge_sum(gauge.cell), -3);
}

TEST(Registry, ShowsNoGaugeThatIsAbsent) {
  Registry registry(families);
  Gauge gauge = registry.gauge(open_calls);
  MetricCells& cells = registry.add_cells();
  cells.set(gauge, MetricCells::absent);
  EXPECT_EQ(registry.gauge_sum(gauge.cell), std::nullopt);
  cells.set(gauge, 1);
  EXPECT_EQ(registry.gauge_sum(gauge.cell), 1);
}

TEST(Registry, PutsAValueOnItsBoundIntoTheBucketBelow) {
  Registry registry(families);
  Histogram histogram = registry.histogram(durations);
  MetricCells& cells = registry.add_cells();
  for (std::int64_t value : {0, 10, 11, 1000, 1001, 9000}) cells.observe(histogram, value);
  EXPECT_EQ(registry.sum(histogram.cell), 2u);
  EXPECT_EQ(registry.sum(histogram.cell + 1), 1u);
  EXPECT_EQ(registry.sum(histogram.cell + 2), 1u);
  EXPECT_EQ(registry.sum(histogram.cell + 3), 2u);
  EXPECT_EQ(registry.sum(histogram.cell + 4), 11022u);
}

TEST(Registry, FindsTheBucketWhateverTheNumberOfBounds) {
  static constexpr std::int64_t all[] = {1, 2, 5, 9, 10, 20, 21, 40, 80, 81, 100};
  for (std::size_t count = 1; count <= std::size(all); ++count) {
    Family family{.name = "f", .type = MetricType::histogram, .help = "F.", .bounds = std::span(all).first(count)};
    for (std::int64_t value = -1; value <= 101; ++value) {
      Registry registry(std::initializer_list<const Family*>{&family});
      Histogram histogram = registry.histogram(family);
      registry.add_cells().observe(histogram, value);
      auto above = static_cast<Cell>(std::ranges::lower_bound(family.bounds, value) - family.bounds.begin());
      EXPECT_EQ(registry.sum(histogram.cell + above), 1u) << count << " bounds, value " << value;
    }
  }
}

TEST(Registry, CountsUnderOtherWhenAFamilyIsFullAndKeepsTheWords) {
  Registry registry(families);
  MetricCells& cells = registry.add_cells();
  for (int i = 0; i < 1000; ++i) {
    std::string model = "m" + std::to_string(i);
    cells.add(registry.counter(calls, {model, i % 2 == 0 ? "ok" : "failed"}));
  }
  EXPECT_EQ(registry.series_count(), calls.series_max + 2);
  EXPECT_EQ(sum_of(registry, calls, 1, "ok"), 500u);
  EXPECT_EQ(sum_of(registry, calls, 1, "failed"), 500u);
  EXPECT_EQ(sum_of(registry, calls, 0, "other"), 996u);
  EXPECT_EQ(registry.folded(), 996u);
}

TEST(Registry, BoundsWordsThatWereSaidToBeFew) {
  Registry registry(families);
  MetricCells& cells = registry.add_cells();
  for (int i = 0; i < 1000; ++i) cells.add(registry.counter(calls, {"m", std::to_string(i)}));
  EXPECT_EQ(registry.series_count(), calls.series_max + Registry::overflow_max + 1);
  EXPECT_EQ(sum_of(registry, calls, 0, "m") + sum_of(registry, calls, 0, "other"), 1000u);
}

TEST(Registry, CallsBrokenAndEndlessValuesOther) {
  Registry registry(families);
  Counter other = registry.counter(calls, {"other", "ok"});
  EXPECT_EQ(registry.counter(calls, {"\xff", "ok"}).cell, other.cell);
  EXPECT_EQ(registry.counter(calls, {std::string(Registry::label_bytes_max + 1, 'x'), "ok"}).cell, other.cell);
  EXPECT_NE(registry.counter(calls, {std::string(Registry::label_bytes_max, 'x'), "ok"}).cell, other.cell);
}

TEST(Registry, KeepsSeriesApartOverManyChunks) {
  static constexpr Family wide{.name = "wide",
                               .type = MetricType::histogram,
                               .help = "Wide.",
                               .labels = {"n"},
                               .named_labels = 1,
                               .bounds = ms_bounds};
  static constexpr const Family* list[] = {&wide};
  Registry registry(list);
  MetricCells& cells = registry.add_cells();
  for (int i = 0; i < 1500; ++i) cells.observe(registry.histogram(wide, {std::to_string(i)}), i);
  auto families_now = registry.series();
  EXPECT_EQ(families_now.front().series.size(), 1500u);
  for (const Registry::Series* series : families_now.front().series)
    EXPECT_EQ(registry.sum(series->cell + 4), std::stoull(series->values[0]));
}

TEST(Registry, RefusesFamiliesThatCannotBe) {
  static constexpr std::int64_t falling[] = {10, 5};
  static constexpr Family bad_bounds{.name = "a", .type = MetricType::histogram, .help = "A.", .bounds = falling};
  static constexpr Family no_bounds{.name = "b", .type = MetricType::histogram, .help = "B."};
  static constexpr Family huge{
      .name = "c", .type = MetricType::counter, .help = "C.", .labels = {"x"}, .series_max = 10'000'000};
  EXPECT_THROW(Registry(std::initializer_list<const Family*>{&bad_bounds}), std::invalid_argument);
  EXPECT_THROW(Registry(std::initializer_list<const Family*>{&no_bounds}), std::invalid_argument);
  EXPECT_THROW(Registry(std::initializer_list<const Family*>{&calls, &calls}), std::invalid_argument);
  EXPECT_THROW(Registry(std::initializer_list<const Family*>{&huge}), std::length_error);
}

TEST(Registry, LosesNothingWhileThreadsCountAndAScrapeReads) {
  constexpr std::uint64_t rounds = 200'000;
  Registry registry(families);
  auto count = [&](MetricCells& cells) {
    for (std::uint64_t i = 0; i < rounds; ++i) {
      cells.add(registry.counter(calls, {"a", i % 2 == 0 ? "ok" : "failed"}));
      cells.observe(registry.histogram(durations), static_cast<std::int64_t>(i % 2000));
    }
  };
  MetricCells& first_cells = registry.add_cells();
  MetricCells& second_cells = registry.add_cells();
  std::thread first(count, std::ref(first_cells));
  std::thread second(count, std::ref(second_cells));
  std::uint64_t seen = 0;
  while (seen < 2 * rounds) {
    std::uint64_t now = sum_of(registry, calls, 0, "a");
    ASSERT_GE(now, seen);
    seen = now;
  }
  first.join();
  second.join();
  EXPECT_EQ(sum_of(registry, calls, 1, "ok"), rounds);
  EXPECT_EQ(sum_of(registry, calls, 1, "failed"), rounds);
}

struct Block {
  std::uint64_t count = 0;
};

TEST(SeriesCache, FindsEveryKeyAgainWhileItGrows) {
  SeriesCache<Block> cache(0, 10'000);
  for (std::uint64_t key = 1; key <= 5000; ++key) cache.find(key << 16).block.count = key;
  for (std::uint64_t key = 1; key <= 5000; ++key) EXPECT_EQ(cache.find(key << 16).block.count, key);
  EXPECT_EQ(cache.size(), 5001u);
}

TEST(SeriesCache, GivesTheBlockOfOtherWhenItIsFull) {
  SeriesCache<Block> cache(7, 3);
  for (std::uint64_t key = 100; key < 200; ++key) ++cache.find(key).block.count;
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_EQ(cache.find(199).key, 7u);
  EXPECT_EQ(cache.find(7).block.count, 98u);
  EXPECT_EQ(cache.find(100).block.count, 1u);
}

TEST(SeriesCache, ForgetsAllWhenItIsCleared) {
  SeriesCache<Block> cache(7, 30);
  cache.find(1).block.count = 5;
  cache.clear();
  EXPECT_EQ(cache.find(1).block.count, 0u);
}

}  // namespace
}  // namespace tollgate
