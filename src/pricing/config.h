#pragma once
// Settings `prices:`, `pricing:` and `billing:`. Prices are decimal US dollars for a million tokens, kept as nano-USD
// for a million: `input: 3.00` is 3'000'000'000.

#include <optional>

#include "base/describe.h"

namespace tollgate {

// A price left out keeps the catalogue's; where the catalogue has none: cached_input, cache_write_* and audio_input are
// that of input, reasoning and audio_output that of output. `image` is for one image.
struct PriceConfig {
  std::optional<Money> input{};
  std::optional<Money> cached_input{};
  std::optional<Money> cache_write_5m{};
  std::optional<Money> cache_write_1h{};
  std::optional<Money> audio_input{};
  std::optional<Money> output{};
  std::optional<Money> reasoning{};
  std::optional<Money> audio_output{};
  std::optional<Money> image{};
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

struct PricingConfig {
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
