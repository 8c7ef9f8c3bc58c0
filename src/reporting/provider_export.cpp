#include "reporting/provider_export.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/text.h"
#include "json/scan.h"
#include "reporting/export_readers.h"

namespace tollgate {
namespace {

constexpr int max_exponent = 30;

std::int64_t saturated_sum(std::int64_t a, std::int64_t b) { return (Money{a} + Money{b}).nano_usd; }

// What kind of export the first bucket's fields show. An Anthropic bucket tells its day as text.
bool is_anthropic(const std::vector<ExportBucket>& buckets) {
  return !buckets.empty() && json::find(buckets.front().value, "starting_at").has_value();
}

// The line of a byte, counted from one.
std::size_t line_of(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, offset), '\n'));
}

}  // namespace

UsageSums& UsageSums::operator+=(const UsageSums& other) {
  input_tokens = saturated_sum(input_tokens, other.input_tokens);
  cached_tokens = saturated_sum(cached_tokens, other.cached_tokens);
  output_tokens = saturated_sum(output_tokens, other.output_tokens);
  cost_nano_usd = saturated_sum(cost_nano_usd, other.cost_nano_usd);
  return *this;
}

std::int64_t value_of(const UsageSums& sums, ExportMeasure measure) {
  switch (measure) {
    case ExportMeasure::input_tokens: return sums.input_tokens;
    case ExportMeasure::cached_tokens: return sums.cached_tokens;
    case ExportMeasure::output_tokens: return sums.output_tokens;
    default: return sums.cost_nano_usd;
  }
}

std::unexpected<Error> bad_export(std::string_view place, std::string_view what) {
  return fail(Fault::invalid_request, fmt::format("{}: {}", place, what), std::string(place));
}

void cover_days(ProviderExport& to, std::int64_t first, std::int64_t last) {
  bool none = to.last_day < to.first_day;
  to.first_day = none ? first : std::min(to.first_day, first);
  to.last_day = none ? last : std::max(to.last_day, last);
}

Result<void> add_export_line(ProviderExport& to, ExportLine line) {
  if (to.lines.size() == max_export_lines)
    return fail(Fault::invalid_request, fmt::format("the export has more than {} lines", max_export_lines));
  cover_days(to, line.day, line.day);
  to.has_keys = to.has_keys || !line.key.empty();
  to.has_models = to.has_models || !line.model.empty();
  to.lines.push_back(std::move(line));
  return {};
}

Result<std::vector<ExportBucket>> export_buckets(json::Value pages, bool& more_pages) {
  std::vector<json::Value> all;
  for (json::Value page : json::Elements(pages)) all.push_back(page);
  if (!pages.is(json::Kind::array)) all.push_back(pages);
  std::vector<ExportBucket> buckets;
  std::size_t number = 0;
  for (json::Value page : all) {
    std::string place = !pages.is(json::Kind::array) ? "data" : fmt::format("[{}].data", number++);
    auto data = json::find(page, "data");
    if (!data || !data->is(json::Kind::array)) return bad_export(place, "must be an array of buckets");
    auto more = json::find(page, "has_more");
    more_pages = more && more->boolean().value_or(false);
    std::size_t index = 0;
    for (json::Value bucket : json::Elements(*data)) {
      if (!bucket.is(json::Kind::object)) return bad_export(fmt::format("{}[{}]", place, index), "must be an object");
      buckets.push_back({bucket, fmt::format("{}[{}]", place, index++)});
    }
  }
  return buckets;
}

Result<ProviderExport> read_pages(json::Value pages, const ExportShape& shape) {
  ProviderExport all{.format = shape.usage_format,
                     .measures = {ExportMeasure::input_tokens, ExportMeasure::cached_tokens, ExportMeasure::output_tokens}};
  TG_TRY(buckets, export_buckets(pages, all.more_pages));
  bool any_costs = false;
  for (const ExportBucket& bucket : buckets) {
    TG_TRY(day, shape.day_of(bucket));
    cover_days(all, day, day);
    auto results = json::find(bucket.value, "results");
    if (!results || !results->is(json::Kind::array)) return bad_export(bucket.place + ".results", "must be an array");
    std::size_t index = 0;
    for (json::Value result : json::Elements(*results)) {
      std::string place = fmt::format("{}.results[{}]", bucket.place, index++);
      ExportLine line{.day = day};
      bool costs = shape.tells_costs(result);
      any_costs = any_costs || costs;
      TG_TRY_VOID(costs ? shape.read_cost(result, place, line) : shape.read_usage(result, place, line));
      TG_TRY_VOID(add_export_line(all, std::move(line)));
    }
  }
  if (!any_costs) return all;
  all.format = shape.costs_format;
  all.measures = {ExportMeasure::cost_nano_usd};
  return all;
}

Result<std::int64_t> export_count(json::Value object, std::string_view field, std::string_view place) {
  auto value = json::find(object, field);
  if (!value || value->is(json::Kind::null)) return 0;
  auto count = value->integer();
  if (!count || *count < 0) return bad_export(fmt::format("{}.{}", place, field), "must be a whole number, not below 0");
  return *count;
}

Result<std::string> export_text(json::Value object, std::string_view field, std::string_view place) {
  auto value = json::find(object, field);
  if (!value || value->is(json::Kind::null)) return std::string();
  auto text = value->string();
  if (!text) return bad_export(fmt::format("{}.{}", place, field), "must be a text");
  return *text;
}

std::optional<Money> parse_amount(std::string_view decimal, std::int64_t nano_per_unit) {
  bool negative = decimal.starts_with('-');
  if (negative || decimal.starts_with('+')) decimal.remove_prefix(1);
  int exponent = 0;
  if (std::size_t e = decimal.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits = decimal.substr(e + 1);
    bool down = digits.starts_with('-');
    if (down || digits.starts_with('+')) digits.remove_prefix(1);
    auto parsed = parse_u64(digits);
    if (!parsed || *parsed > max_exponent) return std::nullopt;
    exponent = static_cast<int>(*parsed) * (down ? -1 : 1);
    decimal = decimal.substr(0, e);
  }
  std::size_t point = decimal.find('.');
  std::string digits(decimal.substr(0, point));
  if (point != std::string_view::npos) {
    std::string_view fraction = decimal.substr(point + 1);
    digits += fraction;
    exponent -= static_cast<int>(fraction.size());
  }
  bool plain = !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!plain || exponent < -200) return std::nullopt;
  // value = digits x 10^exponent x nano_per_unit. Digits far behind the last unit only tell which way to round.
  constexpr __int128 most = INT64_MAX;
  __int128 value = 0;
  for (char c : digits) {
    if (value > most * 1'000'000'000) {  // more than any amount can need: the rest is behind the point or too much
      if (exponent >= 0) return std::nullopt;
      ++exponent;
      continue;
    }
    value = value * 10 + (c - '0');
  }
  value *= nano_per_unit;
  for (; exponent > 0; --exponent) {
    if (value > most) return std::nullopt;
    value *= 10;
  }
  __int128 divisor = 1;
  for (; exponent < 0 && divisor < most * most / 10; ++exponent) divisor *= 10;
  if (exponent < 0) return Money{};
  value = (value + divisor / 2) / divisor;
  if (value > most) return std::nullopt;
  return Money{static_cast<std::int64_t>(negative ? -value : value)};
}

Result<ProviderExport> read_provider_export(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return fail(Fault::invalid_request, "the export is empty");
  if (text[begin] != '{' && text[begin] != '[') return read_csv_export(text);
  auto pages = json::scan(text, {.refuse_duplicates = false});
  if (!pages) {
    std::string_view what = pages.error().what;
    return fail(Fault::invalid_request, fmt::format("line {}: no JSON: {}", line_of(text, pages.error().offset), what));
  }
  bool ignored = false;
  TG_TRY(buckets, export_buckets(*pages, ignored));
  return is_anthropic(buckets) ? read_anthropic_export(*pages) : read_openai_export(*pages);
}

}  // namespace tollgate
