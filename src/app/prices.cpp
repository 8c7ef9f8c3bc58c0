#include "app/prices.h"

#include <algorithm>

#include "base/text.h"

namespace tollgate {
namespace {

std::optional<std::int64_t> nano(const std::optional<Money>& money) {
  return money ? std::optional<std::int64_t>(money->nano_usd) : std::nullopt;
}

template <class Prices>
ListedRates token_rates(const Prices& price) {
  ListedRates rates;
  rates.input = nano(price.input);
  rates.cached_input = nano(price.cached_input);
  rates.cache_write_5m = nano(price.cache_write_5m);
  rates.cache_write_1h = nano(price.cache_write_1h);
  rates.audio_input = nano(price.audio_input);
  rates.output = nano(price.output);
  rates.reasoning = nano(price.reasoning);
  rates.audio_output = nano(price.audio_output);
  return rates;
}

ListedRates all_rates(const PriceConfig& price) {
  ListedRates rates = token_rates(price);
  rates.image_input = nano(price.image_input);
  rates.image_output = nano(price.image_output);
  rates.image = nano(price.image);
  rates.request = nano(price.request);
  rates.characters = nano(price.characters);
  rates.audio_hour = nano(price.audio_hour);
  rates.page = nano(price.page);
  rates.annotated_page = nano(price.annotated_page);
  rates.web_search = nano(price.web_search);
  rates.file_search = nano(price.file_search);
  return rates;
}

bool concerns(const std::vector<std::string>& patterns, std::string_view value) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) { return matches(pattern, value); });
}

}  // namespace

Result<std::shared_ptr<const Catalogue>> catalogue_of(const Config& config) {
  std::vector<PriceOverride> overrides;
  for (const auto& entry : config.prices) overrides.push_back(price_override(entry.name, entry.value));
  TG_TRY(catalogue, Catalogue::load(Catalogue::shipped(), overrides));
  return std::make_shared<const Catalogue>(std::move(catalogue));
}

PriceOverride price_override(const std::string& name, const PriceConfig& price) {
  PriceOverride over{.name = name, .rates = all_rates(price)};
  for (const PriceTierConfig& tier : price.tiers) over.tiers.push_back({tier.above, token_rates(tier)});
  if (price.batch) over.services.emplace_back(ServiceTier::batch, *price.batch);
  if (price.flex) over.services.emplace_back(ServiceTier::flex, *price.flex);
  if (price.priority) over.services.emplace_back(ServiceTier::priority, *price.priority);
  return over;
}

std::vector<ModelTerms> terms_for(const PricingConfig& pricing, std::string_view provider, std::string_view region) {
  constexpr std::int64_t million = 1'000'000, millionths_per_basis_point = 100;
  std::vector<ModelTerms> out;
  for (const auto& [name, terms] : pricing.terms) {
    if (!concerns(terms.provider, provider) || !concerns(terms.region, region)) continue;
    std::int64_t change = terms.surcharge ? terms.surcharge->basis_points : -terms.discount.value_or(Percent{}).basis_points;
    out.push_back({terms.model, million + change * millionths_per_basis_point});
  }
  return out;
}

}  // namespace tollgate
