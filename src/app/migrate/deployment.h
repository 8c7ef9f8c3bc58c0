#pragma once
// One deployment of LiteLLM's `model_list`: a target of ours, with the provider that answers there.

#include <map>

#include "app/migrate/foreign_providers.h"
#include "app/migrate/litellm.h"

namespace tollgate {

struct Deployment {
  std::string group{};  // the model name that callers ask for
  DraftTarget target{};
  config::Place place{};
  std::optional<std::int64_t> weight{}, rpm{}, tpm{}, order{}, retries{};
};

class DeploymentReader {
 public:
  // All outlive it. `credentials`: `credential_list` by name; `total`: how long an attempt may take where a deployment does
  // not say; empty: as usual.
  DeploymentReader(Draft& draft, const ForeignWorld& world, Remarks& remarks, ForeignSecrets& secrets)
      : draft_(draft), world_(world), remarks_(remarks), secrets_(secrets) {}
  void credentials(const config::Node* list);
  void total(std::string duration) { total_ = std::move(duration); }

  // Adds provider and price to the draft. Empty where the deployment has no equivalent, or is one of `provider/*`, which the
  // draft then opens.
  std::optional<Deployment> read(const config::Node& entry, std::size_t index);

  // The names of our providers that stand for one of LiteLLM's.
  const std::map<std::string, std::vector<std::string>>& providers() const { return providers_; }

 private:
  struct Reading;  // one deployment while it is read

  const ForeignProvider* provider_of(Reading& reading);
  bool fill_address(Reading& reading, DraftProvider& provider);
  bool fill_key(Reading& reading, const ForeignProvider& foreign, DraftProvider& provider);
  void fill_headers(Reading& reading, DraftProvider& provider);
  void fill_price(Reading& reading, Deployment& made);
  void fill_budget(Reading& reading, const Deployment& made);
  void open(Reading& reading, const ForeignProvider& foreign, DraftProvider provider);
  std::string address(Reading& reading, std::string_view name);

  Draft& draft_;
  const ForeignWorld& world_;
  Remarks& remarks_;
  ForeignSecrets& secrets_;
  std::map<std::string, const config::Node*> credentials_;
  std::string total_;
  std::map<std::string, std::vector<std::string>> providers_;
};

}  // namespace tollgate
