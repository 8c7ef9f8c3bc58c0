#pragma once
// From LiteLLM's proxy configuration (config.yaml) to ours.
//
//   model_list        a deployment is a target; those of one model_name are one route. Deployments with the same address and
//                     key share a provider
//   router_settings,  strategy, fallbacks, retries, timeouts, breakers of the routes
//   litellm_settings
//   general_settings  the admin token
//
// What has no equivalent is a remark with its place, field by field; no field is passed over. Source: LiteLLM's
// documentation, "config.yaml", "All settings", "Custom LLM Pricing", "Budget Routing", read 2026-11-29.

#include <functional>

#include "app/migrate/draft.h"
#include "app/migrate/foreign_file.h"

namespace tollgate {

struct ForeignWorld {
  std::function<std::optional<std::string>(std::string_view name)> env{};  // addresses that stand in variables; never secrets
  std::function<bool(std::string_view name)> has_price{};                  // whether our catalogue knows this model
};

Draft draft_from_litellm(const config::Node& root, const ForeignWorld& world, Remarks& remarks);

}  // namespace tollgate
