#include "app/past_prices.h"

#include "app/prices.h"

namespace tollgate {
namespace {

constexpr std::string_view batch_word = "/batch", batch_endpoint = "/batches";

bool of_batch(const UsedModel& used) {
  return used.price_id.ends_with(batch_word) || std::string_view(used.row.endpoint).ends_with(batch_endpoint);
}

const TargetConfig* find_target(const RouteConfig& route, const UsedModel& used) {
  auto is_it = [&](const TargetConfig& target) { return target.provider == used.provider && target.model == used.model; };
  for (const TargetConfig& target : route.targets)
    if (is_it(target)) return &target;
  if (route.shadow && is_it(route.shadow->target)) return &route.shadow->target;
  return nullptr;
}

PricedUsage priced(const Price& price, const Usage& usage, Terms terms) { return {cost(price, usage, terms), price_id_of(price, terms)}; }

}  // namespace

Result<PastPrices> PastPrices::of(const Config& config) {
  TG_TRY(catalogue, catalogue_of(config));
  return PastPrices(config, std::move(catalogue));
}

const TargetConfig* PastPrices::target_of(const UsedModel& used) const {
  if (const RouteConfig* route = config_->routes.find(used.row.route))
    if (const TargetConfig* target = find_target(*route, used)) return target;
  for (const auto& route : config_->routes)
    if (const TargetConfig* target = find_target(route.value, used)) return target;
  return nullptr;
}

const ProviderType* PastPrices::provider_type(std::string_view provider) const {
  const ProviderConfig* configured = config_->providers.find(provider);
  return find_provider_type(configured != nullptr ? std::string_view(configured->type) : provider);
}

const Model* PastPrices::model_of(const UsedModel& used) const {
  const TargetConfig* target = target_of(used);
  if (target != nullptr && !target->price.empty()) return catalogue_->find_named(target->price);
  const ProviderType* type = provider_type(used.provider);
  return catalogue_->find(type == nullptr ? used.provider : type->catalogue, used.model);
}

Terms PastPrices::terms_at(const UsedModel& used) const {
  const ProviderConfig* provider = config_->providers.find(used.provider);
  std::string_view region = provider == nullptr ? std::string_view() : std::string_view(provider->region);
  return terms_of(terms_for(config_->pricing, used.provider, region), used.model);
}

std::optional<PricedUsage> PastPrices::price(const UsedModel& used) const {
  const Model* model = model_of(used);
  if (model == nullptr) return std::nullopt;
  const Price& at = model->price_at(used.row.at);
  Terms terms = terms_at(used);
  if (!of_batch(used)) return priced(at.of(used.usage.beside.tier), used.usage, terms);
  const Price& listed = at.of(ServiceTier::batch);
  const ProviderType* type = provider_type(used.provider);
  if (&listed != &at || type == nullptr) return priced(listed, used.usage, terms);
  return priced(at_percent(at, percent(type->batch_percent), batch_word.substr(1)), used.usage, terms);
}

}  // namespace tollgate
