#include "routing/route_table.h"

#include <algorithm>

namespace tollgate {

Target& RouteTable::add_target() {
  Target& target = targets_.emplace_back();
  target.index = targets_.size() - 1;
  return target;
}

Route& RouteTable::add_route(std::string name) {
  Route& route = routes_.emplace_back();
  route.name = std::move(name);
  if (!route.name.ends_with('*')) {
    by_name_.emplace(route.name, &route);
    return route;
  }
  auto shorter = [&](const Route* other) { return other->name.size() < route.name.size(); };
  patterns_.insert(std::find_if(patterns_.begin(), patterns_.end(), shorter), &route);
  return route;
}

const Route* RouteTable::find(std::string_view model) const {
  if (auto named = by_name_.find(model); named != by_name_.end()) return named->second;
  for (const Route* route : patterns_)
    if (matches(route->name, model)) return route;
  return nullptr;
}

}  // namespace tollgate
