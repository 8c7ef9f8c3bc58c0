// What recording one finished request costs: metrics, totals of its key, and its place in the access log; and one
// scrape. Time is the processor's.
#include <fmt/format.h>

#include <ctime>

#include "telemetry/access_log.h"
#include "telemetry/key_totals.h"
#include "telemetry/metrics.h"
#include "telemetry/prometheus.h"
#include "telemetry/request_metrics.h"

namespace tollgate {
namespace {

constexpr int rounds = 1'000'000;
constexpr int routes = 400;

void measure(const char* name, int count, auto&& step) {
  std::clock_t begin = std::clock();
  for (int i = 0; i < count; ++i) step(i);
  std::int64_t us = (std::clock() - begin) * std::int64_t{1'000'000} / CLOCKS_PER_SEC;
  fmt::print("{}: {} ns\n", name, us * 1000 / count);
}

RequestRow row_of(int number) {
  RequestRow row;
  row.key = "search-dev";
  row.attribution = {"search", "alice", "autocomplete", {{"env", "dev"}}};
  row.route = fmt::format("route-{}", number);
  row.endpoint = "/v1/chat/completions";
  row.dialect = "openai_chat";
  row.stream = true;
  row.provider = "openai";
  row.model = "gpt-4o-mini-2024-07-18";
  row.status = static_cast<RowStatus>(number % 5);
  row.http_status = 200;
  row.usage = {.input = {1200}, .cache_read = {800}, .output = {350}, .reasoning = {64}};
  row.cost = {1'234'000};
  row.price_id = "openai/gpt-4o-mini@2024-07-18";
  row.first_token_ms = 412;
  row.duration_ms = 4210;
  return row;
}

void run() {
  NameLists lists{.routes = {}, .providers = {"openai"}, .models = {"gpt-4o-mini-2024-07-18"}, .teams = {"search"}};
  for (int i = 0; i < routes; ++i) lists.routes.push_back(fmt::format("route-{}", i));
  Registry registry(metric::gateway_families);
  CurrentLabelNames names(lists);
  MetricCells& cells = registry.add_cells();
  RequestMetrics metrics(registry, cells, names);
  KeyTotals totals;
  AccessLogLane lane(cells, registry.counter(metric::access_log_dropped_total));
  std::vector<RequestRow> rows;
  for (int i = 0; i < routes; ++i) rows.push_back(row_of(i));
  AttemptRow attempt;
  attempt.provider = rows[0].provider;
  attempt.model = rows[0].model;

  measure("metrics, one route", rounds, [&](int) { metrics.recorded(rows[0], {&attempt, 1}); });
  measure("metrics, 400 routes in turn", rounds,
          [&](int i) { metrics.recorded(rows[static_cast<std::size_t>(i % routes)], {&attempt, 1}); });
  measure("totals of a key", rounds, [&](int) { totals.recorded(rows[0], {}); });
  std::string lines;
  constexpr int places = static_cast<int>(AccessLogLane::rows_max);
  for (int i = 0; i < places; ++i) lane.recorded(rows[0], {});
  while (lane.take_lines(lines, places, Personal::left_out)) lines.clear();
  measure("row into the access log's ring", places, [&](int) { lane.recorded(rows[0], {}); });
  measure("row to its line", rounds / 10,
          [&](int) { lines.clear(), append_row_json(lines, rows[0], Personal::left_out); });
  std::string text;
  measure("scrape", 100, [&](int) { text.clear(), append_prometheus(text, registry); });
  fmt::print("of {} series, {} bytes\n", registry.series_count(), text.size());
}

}  // namespace
}  // namespace tollgate

int main() { tollgate::run(); }
