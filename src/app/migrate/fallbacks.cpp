#include "app/migrate/fallbacks.h"

#include <algorithm>
#include <set>

namespace tollgate {
namespace {

using config::Node;

constexpr std::size_t fallbacks_max = 16;  // of a route
const std::vector<std::string> usual{"rate_limited", "overloaded", "timeout", "unreachable", "upstream_error", "context_length"};

bool leads_to(Draft& draft, const std::string& from, const std::string& to, std::set<std::string>& seen) {
  if (from == to) return true;
  if (!seen.insert(from).second) return false;
  const DraftRoute* route = draft.route(from);
  return route != nullptr && std::ranges::any_of(route->fallback, [&](const std::string& next) { return leads_to(draft, next, to, seen); });
}

// Which kinds of failures send a route's calls on; one list of routes serves them all.
void add_causes(DraftRoute& route, std::string_view kind, bool first) {
  std::vector<std::string> causes = usual;
  if (kind == "context_window_fallbacks") causes = {"context_length"};
  if (kind == "content_policy_fallbacks") causes = {"content_filter"};
  if (first && route.targets.size() > 1 && causes.size() == 1) {  // its other targets are asked for all the usual ones
    causes = usual;
    if (kind == "content_policy_fallbacks") causes.push_back("content_filter");
  }
  for (const std::string& cause : causes)
    if (std::ranges::find(route.fallback_on, cause) == route.fallback_on.end()) route.fallback_on.push_back(cause);
}

class Lists {
 public:
  Lists(Draft& draft, Remarks& remarks) : draft_(draft), remarks_(remarks) {}

  void read(ForeignFields& fields, std::string_view kind) {
    const Node* list = fields.take(kind);
    if (list == nullptr || list->kind != Node::Kind::list) return;
    for (const Node& entry : list->items)
      for (std::size_t i = 0; i < entry.keys.size(); ++i) read_entry(entry.keys[i], entry.items[i], fields.path(kind), kind);
  }

  void read_defaults(ForeignFields& fields) {
    const Node* list = fields.take("default_fallbacks");
    if (list == nullptr || list->kind != Node::Kind::list) return;
    for (DraftRoute& route : draft_.routes) {
      if (!route.fallback.empty()) continue;
      for (const Node& to : list->items)
        if (to.text != route.name && !add_fallback(draft_, route, to.text))
          remarks_.add(to.place, fields.path("default_fallbacks"), "of the route " + route.name + " leads nowhere or in a circle, and was left out");
      if (!route.fallback.empty()) add_causes(route, "fallbacks", true);
    }
  }

 private:
  void read_entry(const Node& from, const Node& to, const std::string& path, std::string_view kind) {
    std::string field = path + "." + from.text;
    DraftRoute* route = draft_.route(from.text);
    if (route == nullptr) return remarks_.add(from.place, field, "there is no route of this name: it was left out");
    bool first = route->fallback.empty();
    std::size_t before = route->fallback.size();
    std::vector<const Node*> names;
    if (to.kind == Node::Kind::scalar) names.push_back(&to);
    for (const Node& item : to.items) names.push_back(&item);
    bool any = false;
    for (const Node* name : names) {
      bool known = std::ranges::find(route->fallback, name->text) != route->fallback.end();
      if (known || add_fallback(draft_, *route, name->text))
        any = true;
      else
        remarks_.add(name->place, field, "leads to no route, or in a circle, since fallbacks of fallbacks are followed: it was left out");
    }
    if (any) add_causes(*route, kind, first);
    if (!first && route->fallback.size() > before) remarks_.add(from.place, field, "shares one list of fallbacks with the route's other kinds of failure");
  }

  Draft& draft_;
  Remarks& remarks_;
};

}  // namespace

bool add_fallback(Draft& draft, DraftRoute& from, const std::string& to) {
  std::set<std::string> seen;
  bool can = draft.route(to) != nullptr && from.fallback.size() < fallbacks_max && !leads_to(draft, to, from.name, seen);
  if (can) from.fallback.push_back(to);
  return can;
}

void read_fallbacks(Draft& draft, ForeignFields& router, ForeignFields& module, Remarks& remarks) {
  Lists lists(draft, remarks);
  for (std::string_view kind : {"fallbacks", "context_window_fallbacks", "content_policy_fallbacks"})
    for (ForeignFields* fields : {&router, &module}) lists.read(*fields, kind);
  for (ForeignFields* fields : {&router, &module}) lists.read_defaults(*fields);
  for (DraftRoute& route : draft.routes)
    if (route.fallback_on == usual) route.fallback_on.clear();
}

}  // namespace tollgate
