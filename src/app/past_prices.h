#pragma once
// What a configuration says that the past should have cost: the price of a row's target by the prices that hold at the
// row's `at`.
//
// The target is looked for among those of the row's route, then among all; a provider or model that the configuration does
// not name (any more) has the catalogue's price. Calls of a batch have the share that their provider type has.

#include <memory>
#include <optional>

#include "app/config.h"
#include "pricing/catalogue.h"
#include "pricing/terms.h"
#include "providers/types.h"
#include "reporting/reprice.h"

namespace tollgate {

class PastPrices {
 public:
  // The configuration must outlive it. Error: its prices cannot be had.
  static Result<PastPrices> of(const Config& config);

  // Empty: nobody knows a price.
  std::optional<PricedUsage> price(const UsedModel& used) const;

 private:
  PastPrices(const Config& config, std::shared_ptr<const Catalogue> catalogue)
      : config_(&config), catalogue_(std::move(catalogue)) {}
  const TargetConfig* target_of(const UsedModel& used) const;
  const Model* model_of(const UsedModel& used) const;
  Terms terms_at(const UsedModel& used) const;
  const ProviderType* provider_type(std::string_view provider) const;

  const Config* config_;
  std::shared_ptr<const Catalogue> catalogue_;
};

}  // namespace tollgate
