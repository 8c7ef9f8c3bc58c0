#pragma once
// From Portkey's config object (JSON) to ours.
//
// Such an object says how a call goes, not which models there are: the model is the caller's, unless `override_params`
// sets it. So it becomes one route for each name in `models`; where none is given and every target sets its model, one
// route under `name`; else its providers alone, whose models callers ask for as `provider/model`.
//
//   single, fallback   targets in order
//   loadbalance        targets by weight
//   nested strategies  routes of their own, as fallbacks
//   conditional        a route for each named target; which one, callers say themselves
//
// Source: Portkey's documentation, "Gateway Config Object", "Conditional Routing", "Circuit Breaker", read 2026-11-29.

#include "app/migrate/litellm.h"

namespace tollgate {

struct PortkeyNames {
  std::string name = "main";          // of the route, where the file gives none
  std::vector<std::string> models{};  // that callers ask for
};

Draft draft_from_portkey(const config::Node& root, const ForeignWorld& world, const PortkeyNames& names, Remarks& remarks);

}  // namespace tollgate
