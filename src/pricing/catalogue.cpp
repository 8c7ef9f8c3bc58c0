#include "pricing/catalogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "pricing/catalogue_reader.h"

namespace tollgate {
namespace {

constexpr std::string_view latest = "-latest";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether `text` is a year of this age, a month and a day: 20241120.
bool is_date(std::string_view digits) {
  WallTime unused;
  return digits.size() == 8 && (digits.starts_with("19") || digits.starts_with("20")) &&
         parse_rfc3339(fmt::format("{}-{}-{}", digits.substr(0, 4), digits.substr(4, 2), digits.substr(6)), unused);
}

// The length of a date at the end with its separator, or 0: "-2024-11-20", "-20241120", "@20241120".
std::size_t date_suffix(std::string_view name) {
  for (std::size_t length : {std::size_t{11}, std::size_t{9}}) {
    if (name.size() <= length) continue;
    std::string_view end = name.substr(name.size() - length);
    if (end[0] != '-' && end[0] != '@') continue;
    if (length == 11 && (end[5] != '-' || end[8] != '-')) continue;
    std::string digits;
    std::copy_if(end.begin(), end.end(), std::back_inserter(digits), is_digit);
    if (is_date(digits)) return length;
  }
  return 0;
}

// A price of the configuration has no date, so its id carries a mark of its numbers.
std::string override_id(const PriceOverride& over) {
  std::uint64_t mark = 0xCBF29CE484222325u;  // FNV-1a
  const ListedRates& r = over.rates;
  auto add = [&](std::string_view text) {
    for (char c : text) mark = (mark ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  };
  // Ids of prices that name none of the later rates stay what they were.
  std::size_t old_rates = 10, i = 0;
  for (const RateField& field : rate_fields()) {
    const auto& rate = r.*field.listed;
    if (i++ < old_rates) add(rate ? fmt::format("{};", *rate) : ";");
    else if (rate) add(fmt::format("{}={};", field.name, *rate));
  }
  for (const TierOverride& tier : over.tiers) {
    add(fmt::format("above={};", tier.above));
    for (const RateField& field : rate_fields())
      if (const auto& rate = tier.rates.*field.listed) add(fmt::format("{}={};", field.name, *rate));
  }
  for (auto [service, share] : over.services) add(fmt::format("{}={};", to_string(service), format_percent(share)));
  return fmt::format("{}@config-{:08x}", over.name, static_cast<std::uint32_t>(mark ^ mark >> 32));
}

bool in_range(const ListedRates& r) {
  for (const RateField& field : rate_fields())
    if (const auto& rate = r.*field.listed; rate && (*rate < 0 || *rate > dearest_rate)) return false;
  return true;
}

bool in_range(const PriceOverride& over) {
  std::int64_t above = -1;
  for (const TierOverride& tier : over.tiers) {
    if (tier.above <= above || !in_range(tier.rates)) return false;
    above = tier.above;
  }
  return in_range(over.rates);
}

// What the configuration says of services, as shares of a price; it goes before the services that the price has.
void add_services(const PriceOverride& over, Price& price) {
  for (auto [service, share] : over.services) {
    std::erase_if(price.services, [&, wanted = service](const Price& other) { return other.service == wanted; });
    Price made = at_percent(price, share, to_string(service));
    made.service = service;
    price.services.push_back(std::move(made));
  }
}

void change(const PriceOverride& over, const std::string& id, Price& price) {
  price.id = fmt::format("{},{}", id, price.id);
  price.rates = rates_over(price.rates, over.rates);
  for (auto& tier : price.tiers) tier.rates = rates_over(tier.rates, over.rates);
  for (auto& service : price.services) change(over, id, service);
}

// A price that names both sides, or that is over no known one, is one flat row. Else the known rows stay, changed.
void apply(const PriceOverride& over, Model& model) {
  std::string id = override_id(over);
  if (model.rows.empty() || (over.rates.input && over.rates.output)) {
    PriceRow flat;
    flat.price = {.id = id, .rates = rates_from(over.rates), .tiers = {}};
    model.rows.assign(1, std::move(flat));
  } else {
    for (auto& row : model.rows) change(over, id, row.price);
  }
  for (auto& row : model.rows) {
    row.source = "configuration";
    if (!over.tiers.empty()) row.price.tiers.clear();
    for (const TierOverride& tier : over.tiers) row.price.tiers.push_back({tier.above, rates_over(row.price.rates, tier.rates)});
    add_services(over, row.price);
  }
}

}  // namespace

std::string_view without_snapshot(std::string_view name) {
  if (name.size() > latest.size() && name.ends_with(latest)) return name.substr(0, name.size() - latest.size());
  return name.substr(0, name.size() - date_suffix(name));
}

Result<Catalogue> Catalogue::load(std::string_view json, std::span<const PriceOverride> overrides) {
  Catalogue catalogue;
  TG_TRY_VOID(CatalogueReader(catalogue).read(json));
  for (const auto& over : overrides) TG_TRY_VOID(catalogue.add_override(over));
  return catalogue;
}

// Exact names win over derived ones, whatever the order: derived ones are only looked up when nothing else is found.
void Catalogue::add_names(std::uint32_t model, std::span<const std::string> aliases) {
  const Model& added = models_[model];
  auto add = [&](std::string_view name) {
    qualified_.try_emplace(fmt::format("{}/{}", added.provider, name), model);
    bare_.try_emplace(std::string(name), model);
  };
  add(added.name);
  for (const auto& alias : aliases) add(alias);
  if (auto short_name = without_snapshot(added.name); added.name.ends_with(latest)) add(short_name);
}

Result<void> Catalogue::add_override(const PriceOverride& over) {
  if (over.name.empty() || !in_range(over))
    return fail(Fault::invalid_request, fmt::format("price {}: a price is negative or out of range", over.name),
                over.name);
  if (!overrides_.try_emplace(over.name, static_cast<std::uint32_t>(models_.size())).second)
    return fail(Fault::invalid_request, fmt::format("price {} is given twice", over.name), over.name);
  Model model;
  if (const Model* known = find_shipped(over.name)) model = *known;
  model.provider.clear();
  model.name = over.name;
  apply(over, model);
  models_.push_back(std::move(model));
  return {};
}

const Model* Catalogue::at(const Names& names, std::string_view name) const {
  auto found = names.find(name);
  return found == names.end() ? nullptr : &models_[found->second];
}

const Model* Catalogue::find_exactly(std::string_view provider, std::string_view model) const {
  std::string qualified = fmt::format("{}/{}", provider, model);
  if (const Model* found = at(overrides_, qualified)) return found;
  if (const Model* found = at(overrides_, model)) return found;
  if (const Model* found = at(qualified_, qualified)) return found;
  for (const auto& [from, to] : fallback_)
    if (from == provider)
      if (const Model* found = at(qualified_, fmt::format("{}/{}", to, model))) return found;
  return nullptr;
}

const Model* Catalogue::find(std::string_view provider, std::string_view model) const {
  if (model.starts_with("models/")) model.remove_prefix(7);  // Gemini's API lists its models so
  if (const Model* found = find_exactly(provider, model)) return found;
  std::string_view short_name = without_snapshot(model);
  return short_name == model ? nullptr : find_exactly(provider, short_name);
}

const Model* Catalogue::find_shipped(std::string_view name) const {
  for (std::string_view tried : {name, without_snapshot(name)})
    for (const Names* names : {&qualified_, &bare_})
      if (const Model* found = at(*names, tried)) return found;
  return nullptr;
}

const Model* Catalogue::find_named(std::string_view name) const {
  for (std::string_view tried : {name, without_snapshot(name)})
    if (const Model* found = at(overrides_, tried)) return found;
  return find_shipped(name);
}

}  // namespace tollgate
