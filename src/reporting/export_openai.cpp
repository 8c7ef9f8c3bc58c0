// OpenAI: pages of buckets, each with `start_time` and `end_time` in seconds since 1970 and `results`.
//
// A result of the usage API has input_tokens ("the aggregated number of input tokens used, including cached"),
// input_cached_tokens, output_tokens, and model, api_key_id where it was grouped by them, else null. One of the costs API
// has amount { value, currency } and line_item, which names model and kind ("gpt-4o-2024-08-06, input").
// Source: OpenAI API reference, "Usage" and "Costs", and its clients' generated types, read 2026-11-29.
#include <fmt/format.h>

#include "reporting/export_readers.h"

namespace tollgate {
namespace {

constexpr std::string_view costs_object = "organization.costs.result";

Result<std::int64_t> day_of(const ExportBucket& bucket) {
  auto start = json::find(bucket.value, "start_time");
  auto seconds = start ? start->integer() : std::nullopt;
  if (!seconds || *seconds < 0)
    return bad_export(bucket.place + ".start_time", "must be seconds since 1970; known are exports of OpenAI and Anthropic");
  return *seconds / seconds_per_day;
}

bool tells_costs(json::Value result) {
  auto object = json::find(result, "object");
  if (object && object->string() == costs_object) return true;
  return json::find(result, "amount").has_value();
}

Result<void> read_usage(json::Value result, std::string_view place, ExportLine& line) {
  if (!json::find(result, "input_tokens")) return bad_export(fmt::format("{}.input_tokens", place), "is missing");
  TG_TRY(input, export_count(result, "input_tokens", place));
  TG_TRY(cached, export_count(result, "input_cached_tokens", place));
  TG_TRY(output, export_count(result, "output_tokens", place));
  TG_TRY(model, export_text(result, "model", place));
  TG_TRY(key, export_text(result, "api_key_id", place));
  line.model = std::move(model);
  line.key = std::move(key);
  line.sums = {.input_tokens = input, .cached_tokens = cached, .output_tokens = output, .cost_nano_usd = 0};
  return {};
}

Result<void> read_cost(json::Value result, std::string_view place, ExportLine& line) {
  auto value = json::find_path(result, {"amount", "value"});
  std::string field = fmt::format("{}.amount.value", place);
  if (!value) return bad_export(field, "is missing");
  std::string text = value->string().value_or(std::string(value->raw));
  auto amount = parse_amount(text, nano_per_usd);
  if (!amount) return bad_export(field, "must be an amount of dollars");
  auto currency = json::find_path(result, {"amount", "currency"});
  auto named = currency ? currency->string() : std::nullopt;
  if (named && *named != "usd" && *named != "USD") return bad_export(fmt::format("{}.amount.currency", place), "must be usd");
  TG_TRY(item, export_text(result, "line_item", place));
  TG_TRY(key, export_text(result, "api_key_id", place));
  line.key = std::move(key);
  line.model = item.substr(0, item.find(", "));
  line.sums.cost_nano_usd = amount->nano_usd;
  return {};
}

}  // namespace

Result<ProviderExport> read_openai_export(json::Value pages) {
  return read_pages(pages, {.usage_format = "openai_usage",
                            .costs_format = "openai_costs",
                            .day_of = day_of,
                            .tells_costs = tells_costs,
                            .read_usage = read_usage,
                            .read_cost = read_cost});
}

}  // namespace tollgate
