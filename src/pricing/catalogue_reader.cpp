#include "pricing/catalogue_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "json/scan.h"

namespace tollgate {
namespace {

using json::Kind;
using json::Value;

constexpr std::int64_t known_format = 1;
constexpr std::size_t max_models = 100'000;
constexpr std::size_t max_tiers = 8;
constexpr std::int64_t most_tokens = 1'000'000'000;

std::unexpected<Error> wrong(std::string_view where, std::string_view why) {
  return fail(Fault::invalid_request, fmt::format("price catalogue: {}: {}", where, why));
}

constexpr std::size_t max_services = 8;
constexpr std::int64_t longest_least_ms = 3'600'000;

const RateField* rate_field(std::string_view name) {
  auto fields = rate_fields();
  auto found = std::find_if(fields.begin(), fields.end(), [&](const RateField& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::string text_of(Value value) { return value.string().value_or(""); }

// A decimal number of dollars as text; per million units it is nano-USD per million.
Result<std::int64_t> read_rate(std::string_view where, Value value) {
  auto money = parse_usd(value.plain_string().value_or(""));
  if (!money || money->nano_usd < 0 || money->nano_usd > dearest_rate)
    return wrong(where, "a price is no decimal text in range");
  return money->nano_usd;
}

// A rate or, of a field that is no money, its whole number. False: the field is none of these.
Result<bool> take_rate(std::string_view where, const json::Member& member, ListedRates& listed) {
  const RateField* field = rate_field(member.raw_key);
  if (field == nullptr) return false;
  if (field->is_money) {
    TG_TRY(rate, read_rate(where, member.value));
    listed.*field->listed = rate;
    return true;
  }
  auto number = member.value.integer();
  if (!number || *number < 0 || *number > longest_least_ms) return wrong(where, fmt::format("{} is out of range", field->name));
  listed.*field->listed = *number;
  return true;
}

Result<std::optional<Tokens>> read_tokens(std::string_view where, Value value) {
  auto count = value.integer();
  if (!count || *count < 0 || *count > most_tokens) return wrong(where, "a number of tokens is out of range");
  return std::optional(Tokens{*count});
}

Result<Tier> read_tier(std::string_view where, Value value) {
  Tier tier{.above = -1, .rates = {}};
  ListedRates listed;
  for (const auto& member : json::Members(value)) {
    TG_TRY(taken, take_rate(where, member, listed));
    if (taken) continue;
    if (member.key_is("above")) {
      tier.above = member.value.integer().value_or(-1);
    } else {
      return wrong(where, fmt::format("unknown field {}", member.raw_key));
    }
  }
  if (tier.above < 0) return wrong(where, "a tier does not say above what");
  tier.rates = rates_from(listed);
  return tier;
}

Result<std::vector<Tier>> read_tiers(std::string_view where, Value value) {
  std::vector<Tier> tiers;
  for (Value element : json::Elements(value)) {
    TG_TRY(tier, read_tier(where, element));
    if (!tiers.empty() && tier.above <= tiers.back().above) return wrong(where, "tiers do not grow");
    if (tiers.size() == max_tiers) return wrong(where, "too many tiers");
    tiers.push_back(std::move(tier));
  }
  return tiers;
}

std::optional<std::int32_t> clock_seconds(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  auto hours = parse_u64(text.substr(0, 2)), minutes = parse_u64(text.substr(3));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return static_cast<std::int32_t>(*hours * 3600 + *minutes * 60);
}

// "00:30-16:30" in UTC.
Result<void> read_daily(std::string_view where, std::string_view text, PriceRow& row) {
  auto begin = clock_seconds(text.substr(0, 5));
  auto end = text.size() == 11 && text[5] == '-' ? clock_seconds(text.substr(6)) : std::nullopt;
  if (!begin || !end) return wrong(where, "`daily` is not HH:MM-HH:MM");
  row.daily_begin_s = begin;
  row.daily_end_s = *end;
  return {};
}

Result<Price> read_service(std::string_view where, Value value) {
  Price price;
  ListedRates listed;
  for (const auto& member : json::Members(value)) {
    TG_TRY(taken, take_rate(where, member, listed));
    if (taken) continue;
    if (member.key_is("id")) {
      price.id = text_of(member.value);
    } else if (member.key_is("service")) {
      price.service = service_named(text_of(member.value));
      if (price.service == ServiceTier::untold) price.service = ServiceTier::standard;
    } else if (member.key_is("tiers")) {
      TG_TRY(tiers, read_tiers(where, member.value));
      price.tiers = std::move(tiers);
    } else {
      return wrong(where, fmt::format("unknown field {} of a service", member.raw_key));
    }
  }
  if (price.id.empty() || price.service == ServiceTier::standard) return wrong(where, "a price of a service has no id or names no service");
  price.rates = rates_from(listed);
  return price;
}

Result<std::vector<Price>> read_services(std::string_view where, Value value) {
  std::vector<Price> services;
  for (Value element : json::Elements(value)) {
    TG_TRY(price, read_service(where, element));
    for (const Price& before : services)
      if (before.service == price.service) return wrong(where, "a service has two prices");
    if (services.size() == max_services) return wrong(where, "too many services");
    services.push_back(std::move(price));
  }
  return services;
}

Result<void> read_row_field(std::string_view where, const json::Member& member, PriceRow& row, ListedRates& listed) {
  TG_TRY(taken, take_rate(where, member, listed));
  if (taken) return {};
  if (member.key_is("id")) {
    row.price.id = text_of(member.value);
  } else if (member.key_is("source")) {
    row.source = text_of(member.value);
  } else if (member.key_is("from")) {
    WallTime from;
    if (!parse_rfc3339(text_of(member.value), from)) return wrong(where, "`from` is no date");
    row.from = from;
  } else if (member.key_is("daily")) {
    TG_TRY_VOID(read_daily(where, text_of(member.value), row));
  } else if (member.key_is("tiers")) {
    TG_TRY(tiers, read_tiers(where, member.value));
    row.price.tiers = std::move(tiers);
  } else if (member.key_is("services")) {
    TG_TRY(services, read_services(where, member.value));
    row.price.services = std::move(services);
  } else {
    return wrong(where, fmt::format("unknown field {}", member.raw_key));
  }
  return {};
}

Result<PriceRow> read_row(std::string_view where, Value value) {
  PriceRow row;
  ListedRates listed;
  for (const auto& member : json::Members(value)) TG_TRY_VOID(read_row_field(where, member, row, listed));
  if (row.price.id.empty()) return wrong(where, "a price has no id");
  row.price.rates = rates_from(listed);
  return row;
}

Result<std::vector<PriceRow>> read_rows(std::string_view where, Value value) {
  std::vector<PriceRow> rows;
  for (Value element : json::Elements(value)) {
    TG_TRY(row, read_row(where, element));
    rows.push_back(std::move(row));
  }
  if (rows.empty() || rows[0].daily_begin_s) return wrong(where, "no price that holds all day");
  return rows;
}

std::vector<std::string> texts_of(Value array) {
  std::vector<std::string> out;
  for (Value element : json::Elements(array)) out.push_back(text_of(element));
  return out;
}

}  // namespace

Result<void> CatalogueReader::read(std::string_view text) {
  auto root = json::scan(text);
  if (!root) return wrong("the text", root.error().what);
  if (auto format = json::find(*root, "format"); !format || format->integer() != known_format)
    return wrong("format", "not one that this program reads");
  for (const auto& member : json::Members(*root)) {
    if (member.key_is("fallback")) TG_TRY_VOID(read_fallback(member.value));
    if (member.key_is("makers")) makers_ = texts_of(member.value);
    if (!member.key_is("models")) continue;
    for (Value model : json::Elements(member.value)) TG_TRY_VOID(read_model(model));
  }
  sort_by_maker();
  return {};
}

Result<void> CatalogueReader::read_fallback(Value value) {
  for (const auto& member : json::Members(value))
    for (auto& other : texts_of(member.value)) into_.fallback_.emplace_back(member.key(), std::move(other));
  return {};
}

Result<void> CatalogueReader::read_model(Value value) {
  Model model;
  std::vector<std::string> aliases;
  std::string& where = model.name;
  for (const auto& member : json::Members(value)) {
    if (member.key_is("provider")) {
      model.provider = text_of(member.value);
    } else if (member.key_is("model")) {
      model.name = text_of(member.value);
    } else if (member.key_is("aliases")) {
      aliases = texts_of(member.value);
    } else if (member.key_is("context")) {
      TG_TRY(tokens, read_tokens(where, member.value));
      model.context = tokens;
    } else if (member.key_is("max_output")) {
      TG_TRY(tokens, read_tokens(where, member.value));
      model.max_output = tokens;
    } else if (member.key_is("prices")) {
      TG_TRY(rows, read_rows(where, member.value));
      model.rows = std::move(rows);
    } else {
      return wrong(where, fmt::format("unknown field {}", member.raw_key));
    }
  }
  if (model.provider.empty() || model.name.empty() || model.rows.empty())
    return wrong(model.name, "provider, model or prices missing");
  if (into_.models_.size() == max_models) return wrong(model.name, "too many models");
  into_.models_.push_back(std::move(model));
  aliases_.push_back(std::move(aliases));
  return {};
}

// Names are added maker by maker, so that the first one to have a bare name keeps it.
void CatalogueReader::sort_by_maker() {
  auto rank = [&](std::uint32_t i) {
    return std::find(makers_.begin(), makers_.end(), into_.models_[i].provider) - makers_.begin();
  };
  std::vector<std::pair<std::ptrdiff_t, std::uint32_t>> order;
  for (std::uint32_t i = 0; i < into_.models_.size(); ++i) order.emplace_back(rank(i), i);
  std::sort(order.begin(), order.end());
  for (auto [maker, i] : order) into_.add_names(i, aliases_[i]);
}

}  // namespace tollgate
