#include "app/price_list.h"

namespace tollgate {
namespace {

ListedRates rates_of(const PriceConfig& price) {
  auto nano = [](const std::optional<Money>& money) {
    return money ? std::optional<std::int64_t>(money->nano_usd) : std::nullopt;
  };
  return {.input = nano(price.input),
          .cached_input = nano(price.cached_input),
          .cache_write_5m = nano(price.cache_write_5m),
          .cache_write_1h = nano(price.cache_write_1h),
          .audio_input = nano(price.audio_input),
          .output = nano(price.output),
          .reasoning = nano(price.reasoning),
          .audio_output = nano(price.audio_output),
          .image = nano(price.image),
          .request = {}};
}

}  // namespace

Result<std::shared_ptr<const Catalogue>> catalogue_of(const Config& config) {
  std::vector<PriceOverride> overrides;
  for (const auto& entry : config.prices) overrides.push_back({entry.name, rates_of(entry.value)});
  TG_TRY(catalogue, Catalogue::load(Catalogue::shipped(), overrides));
  return std::make_shared<const Catalogue>(std::move(catalogue));
}

}  // namespace tollgate
