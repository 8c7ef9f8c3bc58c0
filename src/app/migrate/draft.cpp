#include "app/migrate/draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "json/write.h"

namespace tollgate {
namespace {

constexpr std::int64_t weight_max = 1000;

template <class Named>
std::string free_name(const std::vector<Named>& taken, const std::string& wanted) {
  auto is_taken = [&](const std::string& name) { return std::ranges::any_of(taken, [&](const Named& other) { return other.name == name; }); };
  std::string name = wanted;
  for (int number = 2; is_taken(name); ++number) name = fmt::format("{}-{}", wanted, number);
  return name;
}

// A map in flow style, without what is empty.
class Flow {
 public:
  Flow& add(std::string_view name, std::string_view raw) {
    if (!raw.empty()) parts_.push_back(fmt::format("{}: {}", name, raw));
    return *this;
  }
  Flow& text(std::string_view name, std::string_view value) { return value.empty() ? *this : add(name, yaml_text(value)); }
  bool empty() const { return parts_.empty(); }
  std::string done() const { return fmt::format("{{ {} }}", fmt::join(parts_, ", ")); }

 private:
  std::vector<std::string> parts_;
};

std::string list_of(const std::vector<std::string>& values) {
  std::vector<std::string> written;
  for (const std::string& value : values) written.push_back(yaml_text(value));
  return fmt::format("[{}]", fmt::join(written, ", "));
}

std::string key_of(const DraftKey& key) {
  Flow flow;
  flow.text("access_key_id", key.access_key_id).text("tenant", key.tenant).text("client_id", key.client_id);
  flow.text("secret", key.secret).text("session_token", key.session_token);
  return flow.done();
}

void write(std::string& out, const DraftProvider& provider) {
  out += fmt::format("  {}:\n    type: {}\n", yaml_text(provider.name), provider.type);
  for (auto [name, value] : {std::pair("base_url", &provider.base_url), {"region", &provider.region}, {"api_version", &provider.api_version}})
    if (!value->empty()) out += fmt::format("    {}: {}\n", name, yaml_text(*value));
  if (provider.key) out += fmt::format("    keys: {{ {}: {} }}\n", provider.key->name, key_of(*provider.key));
  if (!provider.total.empty()) out += fmt::format("    timeouts: {{ total: {} }}\n", provider.total);
  Flow headers;
  for (const auto& [name, value] : provider.headers) headers.add(yaml_text(name), yaml_text(value));
  if (!headers.empty()) out += fmt::format("    headers: {}\n", headers.done());
}

void write(std::string& out, const DraftTarget& target, bool weighted) {
  Flow flow;
  flow.text("provider", target.provider).text("model", target.model).text("price", target.price);
  if (weighted) flow.add("weight", fmt::format("{}", target.weight));
  if (target.max_in_flight > 0) flow.add("max_in_flight", fmt::format("{}", target.max_in_flight));
  out += fmt::format("      - {}\n", flow.done());
}

void write(std::string& out, const DraftRoute& route) {
  out += fmt::format("  {}:\n", yaml_text(route.name));
  if (!route.strategy.empty()) out += fmt::format("    strategy: {}\n", route.strategy);
  out += "    targets:\n";
  for (const DraftTarget& target : route.targets) write(out, target, route.strategy == "weighted");
  if (!route.fallback.empty()) out += fmt::format("    fallback: {}\n", list_of(route.fallback));
  bool goes_on = route.targets.size() > 1 || !route.fallback.empty();
  if (goes_on && !route.fallback_on.empty()) out += fmt::format("    fallback_on: {}\n", list_of(route.fallback_on));
  if (route.retries) out += fmt::format("    retry: {{ attempts: {} }}\n", *route.retries);
  if (!route.total.empty()) out += fmt::format("    timeouts: {{ total: {} }}\n", route.total);
  if (!route.breaker.empty()) out += fmt::format("    breaker: {}\n", route.breaker);
}

void write(std::string& out, const DraftLimit& limit) {
  Flow match, flow;
  if (!limit.providers.empty()) match.add("provider", list_of(limit.providers));
  match.text("model", limit.model);
  if (!match.empty()) flow.add("match", match.done());
  if (!limit.each.empty()) flow.add("each", fmt::format("[{}]", limit.each));
  flow.add(limit.measure, limit.amount);
  std::string text = flow.done();
  if (!limit.window.empty()) text.replace(text.size() - 2, 2, fmt::format(", {} }}", limit.window));
  out += fmt::format("  {}: {}\n", yaml_text(limit.name), text);
}

void write(std::string& out, const DraftPrice& price) {
  Flow flow;
  for (const auto& [name, rate] : price.rates) flow.add(name, rate);
  out += fmt::format("  {}: {}\n", yaml_text(price.name), flow.done());
}

template <class All>
void write_part(std::string& out, std::string_view title, const All& all) {
  if (all.empty()) return;
  out += fmt::format("\n{}:\n", title);
  for (const auto& one : all) write(out, one);
}

}  // namespace

std::string yaml_text(std::string_view text) {
  auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("_./:-@").find(c) != std::string_view::npos; };
  bool word = !text.empty() && std::ranges::all_of(text, is_plain) && std::string_view("./:-@").find(text.front()) == std::string_view::npos;
  if (word && !text.ends_with(':') && lower(text) != "null") return std::string(text);
  std::string quoted;
  json::append_quoted(quoted, text);
  return quoted;
}

bool DraftProvider::same_as(const DraftProvider& other) const {
  return type == other.type && base_url == other.base_url && region == other.region && api_version == other.api_version && total == other.total &&
         headers == other.headers && key == other.key;
}

const std::string& Draft::provider_like(DraftProvider wanted) {
  auto known = std::ranges::find_if(providers, [&](const DraftProvider& provider) { return provider.same_as(wanted); });
  if (known != providers.end()) return known->name;
  wanted.name = free_name(providers, wanted.name);
  return providers.emplace_back(std::move(wanted)).name;
}

DraftRoute* Draft::route(std::string_view name) {
  auto found = std::ranges::find(routes, name, &DraftRoute::name);
  return found == routes.end() ? nullptr : &*found;
}

DraftRoute& Draft::route_or_new(const std::string& name) {
  if (DraftRoute* known = route(name)) return *known;
  routes.emplace_back().name = name;
  return routes.back();
}

void Draft::add_limit(DraftLimit limit) {
  limit.name = free_name(limits, limit.name);
  limits.push_back(std::move(limit));
}

void Draft::fit_weights(DraftRoute& route) {
  std::int64_t divisor = 0, most = 0;
  for (const DraftTarget& target : route.targets) {
    divisor = std::gcd(divisor, target.weight);
    most = std::max(most, target.weight);
  }
  if (divisor == 0) return;
  std::int64_t largest = most / divisor;
  for (DraftTarget& target : route.targets) {
    target.weight /= divisor;
    if (largest > weight_max && target.weight > 0) target.weight = std::max<std::int64_t>(1, target.weight * weight_max / largest);
  }
}

std::string yaml_of(const Draft& draft, std::string_view from) {
  std::string out = fmt::format("# Made from {} by `tollgate import`. Secrets stand in the environment.\n", from);
  if (draft.open_routes) out += "\nserver: { open_routes: true }\n";
  if (!draft.admin_token.empty()) out += fmt::format("\nadmin: {{ token: {} }}\n", draft.admin_token);
  write_part(out, "providers", draft.providers);
  write_part(out, "routes", draft.routes);
  write_part(out, "prices", draft.prices);
  write_part(out, "limits", draft.limits);
  return out + fmt::format("\nkeys:\n  main: {{ secret: env:{} }}\n", draft_key_variable);
}

}  // namespace tollgate
