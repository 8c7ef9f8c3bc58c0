#pragma once
// The settings `prices` and `pricing` in the words of pricing/.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "pricing/catalogue.h"
#include "pricing/config.h"
#include "pricing/terms.h"

namespace tollgate {

// The prices of a configuration: those that ship, and its own over them.
Result<std::shared_ptr<const Catalogue>> catalogue_of(const Config& config);

PriceOverride price_override(const std::string& name, const PriceConfig& price);

// Of `pricing.terms`, those that may concern targets of this provider, in their order.
std::vector<ModelTerms> terms_for(const PricingConfig& pricing, std::string_view provider, std::string_view region);

}  // namespace tollgate
