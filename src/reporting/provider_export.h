#pragma once
// What a provider says that was used: an export of its usage or of its costs, in one shape for all.
//
// Known by their content: OpenAI's usage (/v1/organization/usage/completions and its sisters) and costs
// (/v1/organization/costs), Anthropic's usage report (/v1/organizations/usage_report/messages) and cost report
// (/v1/organizations/cost_report), each one page, or several as one array; and a plain CSV with the columns
// `day,key,model,input_tokens,cached_tokens,output_tokens,cost_usd`, of which those from the fourth on may be left out.
//
// Whole numbers only: amounts are read as decimals and rounded to the nano-USD.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"

namespace tollgate {

// All input is `input`, of it read from the provider's cache `cached`; all output is `output`.
struct UsageSums {
  std::int64_t input_tokens = 0, cached_tokens = 0, output_tokens = 0, cost_nano_usd = 0;
  UsageSums& operator+=(const UsageSums& other);
  friend bool operator==(const UsageSums&, const UsageSums&) = default;
};

enum class ExportMeasure : std::uint8_t { input_tokens, cached_tokens, output_tokens, cost_nano_usd };
constexpr ExportMeasure all_measures[] = {ExportMeasure::input_tokens, ExportMeasure::cached_tokens, ExportMeasure::output_tokens,
                                    ExportMeasure::cost_nano_usd};
constexpr std::string_view to_string(ExportMeasure measure) {
  constexpr std::string_view names[] = {"input_tokens", "cached_tokens", "output_tokens", "cost_nano_usd"};
  return names[static_cast<std::size_t>(measure)];
}
std::int64_t value_of(const UsageSums& sums, ExportMeasure measure);

// A day of UTC, as days since 1970.
struct ExportLine {
  std::int64_t day = 0;
  std::string key{};    // the provider's id of the key, or in the CSV the credential's name; empty: not told
  std::string model{};  // the provider's name; empty: not told
  UsageSums sums{};
};

struct ProviderExport {
  std::string_view format{};  // openai_usage openai_costs anthropic_usage anthropic_costs csv
  std::vector<ExportMeasure> measures{};
  std::vector<ExportLine> lines{};
  std::int64_t first_day = 0, last_day = -1;  // that it tells of, also when nothing was used; none: last < first
  bool has_keys = false, has_models = false;  // whether any line names one
  bool more_pages = false;                    // the last page says that there are more
};

constexpr std::size_t max_export_lines = 1'000'000;

// Error: invalid_request, which names line or field.
Result<ProviderExport> read_provider_export(std::string_view text);

// A decimal number of units, each `nano_per_unit` nano-USD, rounded half away from zero: "1.5", "-0.25", "1e-05".
// Empty when it is none, or out of range.
std::optional<Money> parse_amount(std::string_view decimal, std::int64_t nano_per_unit);

}  // namespace tollgate
