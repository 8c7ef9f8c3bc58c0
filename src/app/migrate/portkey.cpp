#include "app/migrate/portkey.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/migrate/portkey_target.h"

namespace tollgate {
namespace {

using config::Node;

constexpr std::string_view not_copied = "has no equivalent, and was left out";
constexpr int weight_places = 3;  // 0.7 is 700
constexpr int depth_max = 8;

struct Cause {
  std::int64_t from, to;  // status codes
  std::string_view name;
};
constexpr Cause causes[] = {{429, 429, "rate_limited"}, {408, 408, "timeout"},        {504, 504, "timeout"},
                            {503, 503, "overloaded"},   {529, 529, "overloaded"},     {500, 502, "upstream_error"},
                            {505, 528, "upstream_error"}, {530, 599, "upstream_error"}};

// A target or a strategy with what is under it.
struct Branch {
  std::string mode{};                  // empty: a target
  std::optional<PortkeyTarget> target{};
  std::string name{};
  std::int64_t weight = 1000;
  std::vector<std::string> fallback_on{};
  PortkeyInherited ways{};
  std::vector<Branch> under{};
};

class Reader {
 public:
  Reader(Draft& draft, const ForeignWorld& world, Remarks& remarks) : remarks_(remarks), targets_(draft, world, remarks) {}

  std::optional<Branch> read(const Node& node, const std::string& path, const PortkeyInherited& above, int depth) {
    ForeignFields fields(&node, path, remarks_);
    Branch branch;
    branch.name = fields.text("name");
    if (fields.has("weight")) branch.weight = weight_of(fields);
    branch.ways = read_portkey_ways(fields, above, remarks_);
    std::string place = path;
    if (!fields.has("targets")) {
      branch.target = targets_.read(fields, branch.ways);
      fields.none({"strategy"}, "says nothing without targets");
      fields.rest(std::string(not_copied));
      return branch.target ? std::optional(std::move(branch)) : std::nullopt;
    }
    read_strategy(fields, branch);
    const Node* list = fields.take("targets");
    fields.rest(std::string(not_copied));
    if (list == nullptr || list->kind != Node::Kind::list || depth >= depth_max) return std::nullopt;
    for (std::size_t i = 0; i < list->items.size(); ++i)
      if (auto next = read(list->items[i], fields.path(fmt::format("targets[{}]", i)), branch.ways, depth + 1)) branch.under.push_back(std::move(*next));
    return branch.under.empty() ? std::nullopt : std::optional(std::move(branch));
  }

 private:
  std::int64_t weight_of(ForeignFields& fields) {
    auto scaled = shifted_decimal(fields.text("weight"), weight_places);
    auto whole = scaled ? std::string_view(*scaled).substr(0, scaled->find('.')) : std::string_view();
    std::int64_t weight = 0;
    for (char c : whole.substr(0, 12)) weight = weight * 10 + (c - '0');
    return weight;
  }

  void read_strategy(ForeignFields& fields, Branch& branch) {
    ForeignFields strategy(fields.take("strategy"), fields.path("strategy"), remarks_);
    branch.mode = strategy.text("mode");
    if (branch.mode.empty()) branch.mode = "single";
    for (ForeignFields* from : {&strategy, &fields}) read_codes(*from, branch);
    branch.ways = read_portkey_ways(strategy, branch.ways, remarks_);
    if (branch.mode == "conditional")
      strategy.none({"conditions", "default"}, "nothing here looks into a call to choose its route: each named target became a route of its name, which callers ask for as their model; limits and keys can be by team, user, feature and tags");
    strategy.rest(std::string(not_copied));
  }

  void read_codes(ForeignFields& fields, Branch& branch) {
    const Node* codes = fields.take("on_status_codes");
    if (codes == nullptr || codes->kind != Node::Kind::list) return;
    for (const Node& code : codes->items) {
      std::int64_t number = 0;
      for (char c : code.text.substr(0, 4)) number = c >= '0' && c <= '9' ? number * 10 + (c - '0') : -1;
      auto cause = std::ranges::find_if(causes, [&](const Cause& one) { return number >= one.from && number <= one.to; });
      if (cause == std::end(causes)) {
        remarks_.add(code.place, fields.path("on_status_codes"), fmt::format("{} is no failure that another target would mend, and was left out", number));
        continue;
      }
      std::string name(cause->name);
      if (std::ranges::find(branch.fallback_on, name) == branch.fallback_on.end()) branch.fallback_on.push_back(name);
    }
    if (!branch.fallback_on.empty()) branch.fallback_on.push_back("unreachable");  // no status at all: Portkey goes on then too
  }

  Remarks& remarks_;
  PortkeyTargets targets_;
};

bool sets_every_model(const Branch& branch) {
  if (branch.target) return !branch.target->model.empty();
  return std::ranges::all_of(branch.under, sets_every_model);
}

// Routes of a branch, for callers who ask for `model`.
class Writer {
 public:
  Writer(Draft& draft, Remarks& remarks, std::string model) : draft_(draft), remarks_(remarks), model_(std::move(model)) {}

  void write(const Branch& branch, const std::string& name) {
    if (branch.mode == "conditional") return write_conditional(branch, name);
    DraftRoute route;
    route.name = name;
    route.retries = branch.ways.retries;
    route.breaker = branch.ways.breaker;
    route.fallback_on = branch.fallback_on;
    std::vector<std::pair<std::string, const Branch*>> further;  // routes behind this one
    if (branch.target) {
      route.targets.push_back(target_of(branch));
    } else if (branch.mode == "loadbalance") {
      balance(branch, route, further, name);
    } else {
      std::size_t count = branch.mode == "single" ? 1 : branch.under.size();
      std::size_t i = 0;
      for (; i < count && branch.under[i].target; ++i) route.targets.push_back(target_of(branch.under[i]));
      if (i == 0) return write_nested_first(branch, name, count);
      for (; i < count; ++i) further.emplace_back(fmt::format("{}-{}", name, i + 1), &branch.under[i]);
    }
    for (const auto& [next, _] : further) route.fallback.push_back(next);
    draft_.routes.push_back(std::move(route));
    for (const auto& [next, under] : further) write(*under, next);
  }

 private:
  DraftTarget target_of(const Branch& branch) const {
    return {.provider = branch.target->provider, .model = branch.target->model.empty() ? model_ : branch.target->model, .weight = branch.weight};
  }

  static const Branch& first_leaf(const Branch& branch) { return branch.target ? branch : first_leaf(branch.under.front()); }

  // A share of the calls cannot go to a route: the first target under a nested strategy takes it, and the strategy follows.
  void balance(const Branch& branch, DraftRoute& route, std::vector<std::pair<std::string, const Branch*>>& further, const std::string& name) {
    for (std::size_t i = 0; i < branch.under.size(); ++i) {
      const Branch& under = branch.under[i];
      DraftTarget target = target_of(first_leaf(under));
      target.weight = under.weight;
      route.targets.push_back(std::move(target));
      if (under.target) continue;
      further.emplace_back(fmt::format("{}-{}", name, i + 1), &under);
      remarks_.add({}, fmt::format("targets[{}]", i), "a nested strategy cannot have a share: its first target has it, and the strategy is the fallback");
    }
    if (route.targets.size() > 1) {
      route.strategy = "weighted";
      Draft::fit_weights(route);
    }
  }

  // What begins with a strategy takes that one's route, and goes on behind it.
  void write_nested_first(const Branch& branch, const std::string& name, std::size_t count) {
    write(branch.under.front(), name);
    std::vector<std::string> names;
    for (std::size_t i = 1; i < count; ++i) names.push_back(fmt::format("{}-then-{}", name, i + 1));
    DraftRoute& route = *draft_.route(name);
    for (const std::string& next : names) route.fallback.push_back(next);
    if (route.fallback_on.empty()) route.fallback_on = branch.fallback_on;
    for (std::size_t i = 1; i < count; ++i) write(branch.under[i], names[i - 1]);
  }

  void write_conditional(const Branch& branch, const std::string& name) {
    for (std::size_t i = 0; i < branch.under.size(); ++i) {
      const Branch& under = branch.under[i];
      std::string own = under.name.empty() ? fmt::format("{}-{}", name, i + 1) : under.name;
      if (draft_.route(own) == nullptr) write(under, own);
    }
  }

  Draft& draft_;
  Remarks& remarks_;
  std::string model_;
};

}  // namespace

Draft draft_from_portkey(const Node& root, const ForeignWorld& world, const PortkeyNames& names, Remarks& remarks) {
  Draft draft;
  auto branch = Reader(draft, world, remarks).read(root, "", {}, 0);
  if (!branch) return draft;
  for (const std::string& model : names.models) Writer(draft, remarks, model).write(*branch, model);
  if (!names.models.empty()) return draft;
  if (sets_every_model(*branch)) {
    Writer(draft, remarks, "").write(*branch, names.name);
    return draft;
  }
  draft.open_routes = true;
  remarks.add(root.place, "targets", "which models callers ask for is not in the file: they ask for provider/model now; for routes with the file's strategy, import with --models NAME,NAME");
  return draft;
}

}  // namespace tollgate
