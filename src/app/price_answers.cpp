#include "app/price_answers.h"

#include <fmt/format.h>

#include "app/prices.h"
#include "pricing/question.h"
#include "providers/types.h"

namespace tollgate {

Result<PriceAnswers> PriceAnswers::over(const Config* config) {
  std::vector<PriceOverride> overrides;
  if (config != nullptr)
    for (const auto& entry : config->prices) overrides.push_back(price_override(entry.name, entry.value));
  TG_TRY(catalogue, Catalogue::load(Catalogue::shipped(), overrides));
  PriceAnswers answers;
  answers.config_ = config;
  answers.catalogue_ = std::make_shared<const Catalogue>(std::move(catalogue));
  return answers;
}

Result<std::string> PriceAnswers::answer(std::string_view text, WallTime now) const {
  TG_TRY(question, read_price_question(text, now));
  const ProviderConfig* provider = config_ == nullptr ? nullptr : config_->providers.find(question.provider);
  const ProviderType* type = find_provider_type(provider == nullptr ? question.provider : provider->type);
  if (!question.provider.empty() && type == nullptr)
    return fail(Fault::invalid_request, fmt::format("there is no provider {}", config::shown(question.provider)), "provider");
  const Model* model = type == nullptr ? catalogue_->find_named(question.model) : catalogue_->find(type->catalogue, question.model);
  if (model == nullptr) return fail(Fault::not_found, fmt::format("{} has no price", config::shown(question.model)), "model");
  Terms terms;
  if (provider != nullptr) terms = terms_of(terms_for(config_->pricing, question.provider, provider->region), question.model);
  return price_answer(*model, question, terms);
}

}  // namespace tollgate
