#pragma once
// Settings `prices:`, `pricing:` and `billing:`. Prices are decimal US dollars for a million tokens, kept as nano-USD
// for a million: `input: 3.00` is 3'000'000'000.

#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"

namespace tollgate {

// Above so many input tokens the whole call has these; what is left out is as below the threshold.
struct PriceTierConfig {
  std::int64_t above = 0;
  std::optional<Money> input{}, cached_input{}, cache_write_5m{}, cache_write_1h{}, audio_input{}, output{}, reasoning{}, audio_output{};
  friend bool operator==(const PriceTierConfig&, const PriceTierConfig&) = default;
};
void describe(Fields& fields, PriceTierConfig& tier);

// A price left out keeps the catalogue's; where the catalogue has none: cached_input, cache_write_* and audio_input are
// that of input, reasoning and audio_output that of output. `image`, `page`, `web_search` and the like are for one each.
struct PriceConfig {
  std::optional<Money> input{};
  std::optional<Money> cached_input{};
  std::optional<Money> cache_write_5m{};
  std::optional<Money> cache_write_1h{};
  std::optional<Money> audio_input{};
  std::optional<Money> output{};
  std::optional<Money> reasoning{};
  std::optional<Money> audio_output{};
  std::optional<Money> image_input{}, image_output{};
  std::optional<Money> image{};
  std::optional<Money> request{};
  std::optional<Money> characters{};
  std::optional<Money> audio_hour{};
  std::optional<Money> page{}, annotated_page{};
  std::optional<Money> web_search{}, file_search{};
  std::vector<PriceTierConfig> tiers{};
  std::optional<Percent> batch{}, flex{}, priority{};
  friend bool operator==(const PriceConfig&, const PriceConfig&) = default;
};
void describe(Fields& fields, PriceConfig& price);

// Calls under a usd limit whose model has no price.
enum class Unpriced : std::uint8_t {
  refuse,         // 403 budget_pricing_unavailable
  allow,          // cost 0, row flagged, alert
  count_as_zero,  // cost 0
};
inline std::span<const std::string_view> setting_names(Unpriced) {
  static constexpr std::string_view names[] = {"refuse", "allow", "count_as_zero"};
  return names;
}

// What a contract or a place changes of the prices of some targets: every part that is not empty must match.
struct TermsConfig {
  std::vector<std::string> provider{};  // names of the configuration
  std::vector<std::string> model{};     // the provider's own names; a trailing `*` stands for anything
  std::vector<std::string> region{};    // of the provider
  std::optional<Percent> discount{};    // one of these
  std::optional<Percent> surcharge{};
};
void describe(Fields& fields, TermsConfig& terms);

struct PricingConfig {
  Named<TermsConfig> terms{};
  Unpriced unpriced = Unpriced::refuse;
};
void describe(Fields& fields, PricingConfig& pricing);

// What a tenant pays for an answer that was lost after the request was fully sent.
enum class LostAnswer : std::uint8_t { input, none };
inline std::span<const std::string_view> setting_names(LostAnswer) {
  static constexpr std::string_view names[] = {"input", "none"};
  return names;
}

struct BillingConfig {
  LostAnswer lost = LostAnswer::input;
};
void describe(Fields& fields, BillingConfig& billing);

}  // namespace tollgate
