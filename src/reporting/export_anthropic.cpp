// Anthropic: pages of buckets, each with `starting_at` and `ending_at` in RFC 3339 and `results`.
//
// A result of the usage report has uncached_input_tokens, cache_creation { ephemeral_5m_input_tokens,
// ephemeral_1h_input_tokens }, cache_read_input_tokens, output_tokens, and model, api_key_id where it was grouped by them,
// else null. One of the cost report has amount ("in lowest currency units (e.g. cents) as a decimal string"), currency, and
// model where it was grouped by description; it knows no keys.
// Source: Anthropic admin API reference, "Get Messages Usage Report" and "Get Cost Report", read 2026-11-29.
#include <fmt/format.h>

#include "base/time.h"
#include "reporting/export_readers.h"

namespace tollgate {
namespace {

constexpr std::int64_t nano_usd_per_cent = nano_per_usd / 100;

Result<std::int64_t> day_of(const ExportBucket& bucket) {
  auto start = json::find(bucket.value, "starting_at");
  auto text = start ? start->string() : std::nullopt;
  WallTime at;
  if (!text || !parse_rfc3339(*text, at)) return bad_export(bucket.place + ".starting_at", "must be a time in RFC 3339");
  return at.unix_seconds() / seconds_per_day;
}

Result<void> read_usage(json::Value result, std::string_view place, ExportLine& line) {
  if (!json::find(result, "uncached_input_tokens"))
    return bad_export(fmt::format("{}.uncached_input_tokens", place), "is missing");
  TG_TRY(uncached, export_count(result, "uncached_input_tokens", place));
  TG_TRY(read, export_count(result, "cache_read_input_tokens", place));
  TG_TRY(output, export_count(result, "output_tokens", place));
  std::int64_t written = 0;
  if (auto creation = json::find(result, "cache_creation"); creation && creation->is(json::Kind::object)) {
    std::string inner = fmt::format("{}.cache_creation", place);
    TG_TRY(five_minutes, export_count(*creation, "ephemeral_5m_input_tokens", inner));
    TG_TRY(an_hour, export_count(*creation, "ephemeral_1h_input_tokens", inner));
    written = five_minutes + an_hour;
  }
  TG_TRY(key, export_text(result, "api_key_id", place));
  TG_TRY(model, export_text(result, "model", place));
  line.key = std::move(key);
  line.model = std::move(model);
  line.sums = {.input_tokens = uncached + read + written, .cached_tokens = read, .output_tokens = output, .cost_nano_usd = 0};
  return {};
}

Result<void> read_cost(json::Value result, std::string_view place, ExportLine& line) {
  TG_TRY(text, export_text(result, "amount", place));
  auto amount = parse_amount(text, nano_usd_per_cent);
  if (!amount) return bad_export(fmt::format("{}.amount", place), "must be cents as a decimal text");
  TG_TRY(currency, export_text(result, "currency", place));
  if (!currency.empty() && currency != "USD" && currency != "usd")
    return bad_export(fmt::format("{}.currency", place), "must be USD");
  TG_TRY(model, export_text(result, "model", place));
  line.model = std::move(model);
  line.sums.cost_nano_usd = amount->nano_usd;
  return {};
}

}  // namespace

Result<ProviderExport> read_anthropic_export(json::Value pages) {
  return read_pages(pages, {.usage_format = "anthropic_usage",
                            .costs_format = "anthropic_costs",
                            .day_of = day_of,
                            .tells_costs = [](json::Value result) { return json::find(result, "amount").has_value(); },
                            .read_usage = read_usage,
                            .read_cost = read_cost});
}

}  // namespace tollgate
