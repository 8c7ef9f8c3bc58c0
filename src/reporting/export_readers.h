#pragma once
// The readers behind read_provider_export, one for each shape. Errors name line or field.

#include "json/value.h"
#include "reporting/provider_export.h"

namespace tollgate {

Result<ProviderExport> read_csv_export(std::string_view text);
// `pages` is one page, or an array of them.
Result<ProviderExport> read_openai_export(json::Value pages);
Result<ProviderExport> read_anthropic_export(json::Value pages);

// The pages of an export, each an object with an array `data`, and each bucket in it with its place for messages.
struct ExportBucket {
  json::Value value{};
  std::string place{};  // data[3]
};

// A shape of JSON: pages of buckets with `results`, each of usage or of costs.
struct ExportShape {
  std::string_view usage_format{}, costs_format{};  // static texts
  Result<std::int64_t> (*day_of)(const ExportBucket& bucket) = nullptr;
  bool (*tells_costs)(json::Value result) = nullptr;
  // Both fill what the result says.
  Result<void> (*read_usage)(json::Value result, std::string_view place, ExportLine& line) = nullptr;
  Result<void> (*read_cost)(json::Value result, std::string_view place, ExportLine& line) = nullptr;
};
Result<ProviderExport> read_pages(json::Value pages, const ExportShape& shape);

// Adds a line and moves the days. Error: too many.
Result<void> add_export_line(ProviderExport& to, ExportLine line);
void cover_days(ProviderExport& to, std::int64_t first, std::int64_t last);

Result<std::vector<ExportBucket>> export_buckets(json::Value pages, bool& more_pages);

// Fields of an object; a missing or null one is zero or empty. Errors name `place` and field.
Result<std::int64_t> export_count(json::Value object, std::string_view field, std::string_view place);
Result<std::string> export_text(json::Value object, std::string_view field, std::string_view place);
std::unexpected<Error> bad_export(std::string_view place, std::string_view what);

constexpr std::int64_t seconds_per_day = 86'400;

}  // namespace tollgate
