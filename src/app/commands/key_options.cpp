#include "app/commands/key_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/money.h"
#include "base/text.h"
#include "identity/attribution.h"
#include "limits/window.h"

namespace tollgate {
namespace {

// As `limits.NAME.usd` of the configuration.
constexpr Money least_limit{1};
constexpr std::uint64_t most_counted = 1'000'000'000'000'000;
constexpr std::uint64_t most_at_once = 1'000'000;
constexpr Money most_limit = usd(1'000'000'000);

std::unexpected<Error> wrong(std::string_view option, std::string_view what) {
  return fail(Fault::invalid_request, fmt::format("--{} {}", option, what), std::string(option));
}

// Parts between commas, none of them empty.
Result<std::vector<std::string>> list_of(const CommandLine& line, std::string_view option) {
  std::vector<std::string> parts;
  auto text = line.value(option);
  if (!text) return parts;
  for (std::string_view part : split(*text, ',')) {
    part = trimmed(part);
    if (part.empty()) return wrong(option, "has an empty part");
    parts.emplace_back(part);
  }
  return parts;
}

Result<Attribution> attribution_of(const CommandLine& line) {
  Attribution who{
      line.value("team").value_or(""), line.value("user").value_or(""), line.value("feature").value_or(""), {}};
  for (std::string_view option : {"team", "user", "feature"})
    if (line.value(option) == "") return wrong(option, "is empty");
  if (auto tags = line.value("tags"))
    if (auto fault = merge_tags(*tags, who.tags); !fault.empty()) return wrong("tags", fault);
  return who;
}

Result<std::vector<std::string>> models_of(const CommandLine& line) {
  TG_TRY(models, list_of(line, "models"));
  for (const std::string& model : models)
    if (model.find('*') < model.size() - 1)
      return wrong("models", fmt::format("`{}`: a `*` stands only at the end", model));
  return models;
}

Result<MaySet> may_set_of(const CommandLine& line) {
  TG_TRY(names, list_of(line, "may-set"));
  MaySet may_set;
  for (const std::string& name : names) {
    if (name == "user")
      may_set.user = true;
    else if (name == "feature")
      may_set.feature = true;
    else if (name == "tags")
      may_set.tags = true;
    else
      return wrong("may-set", fmt::format("has `{}`; it may have user, feature and tags", name));
  }
  return may_set;
}

Result<std::vector<Cidr>> allow_from_of(const CommandLine& line) {
  TG_TRY(texts, list_of(line, "allow-from"));
  std::vector<Cidr> blocks;
  for (const std::string& text : texts) {
    auto block = parse_cidr(text);
    if (!block)
      return wrong("allow-from", fmt::format("has `{}`, which is no block of addresses such as 10.0.0.0/8", text));
    blocks.push_back(*block);
  }
  return blocks;
}

Result<std::optional<WallTime>> expires_of(const CommandLine& line, WallTime now) {
  std::optional<WallTime> expires;
  auto text = line.value("expires");
  if (!text) return expires;
  if (!parse_rfc3339(*text, expires.emplace()))
    return wrong("expires", "is no date such as 2027-01-01 and no RFC 3339 time");
  if (*expires <= now) return wrong("expires", "has passed already");
  return expires;
}

}  // namespace

Result<StoredLimit> parse_limit(std::string_view text) {
  std::size_t equals = text.find('='), slash = text.rfind('/');
  if (equals != std::string_view::npos && slash == std::string_view::npos && text.substr(0, equals) == "concurrent") {
    auto calls = parse_u64(text.substr(equals + 1));
    if (!calls || *calls == 0 || *calls > most_at_once) return wrong("limit", fmt::format("`{}` is no whole number from 1 to {}", text.substr(equals + 1), most_at_once));
    return StoredLimit{"concurrent", std::string(text.substr(equals + 1)), "ever"};
  }
  if (equals == std::string_view::npos || slash == std::string_view::npos || slash < equals)
    return wrong("limit", fmt::format("`{}` is not of the form usd=50/month or concurrent=20", text));
  std::string_view measure = text.substr(0, equals), amount = text.substr(equals + 1, slash - equals - 1);
  std::string_view every = text.substr(slash + 1);
  if (!parse_every(every)) return wrong("limit", fmt::format("`{}` is none of minute, hour, day, week, month", every));
  constexpr std::string_view counted[] = {"tokens", "input_tokens", "output_tokens", "requests"};
  if (std::find(std::begin(counted), std::end(counted), measure) != std::end(counted)) {
    auto whole = parse_u64(amount);
    if (!whole || *whole == 0 || *whole > most_counted) return wrong("limit", fmt::format("`{}` is no whole number from 1 to {}", amount, most_counted));
    return StoredLimit{std::string(measure), std::string(amount), std::string(every)};
  }
  if (measure != "usd") return wrong("limit", fmt::format("`{}` is none of usd, tokens, input_tokens, output_tokens, requests", measure));
  auto money = parse_usd(amount);
  if (!money || *money < least_limit || *money > most_limit)
    return wrong("limit", fmt::format("`{}` is no amount of 0.000000001 to 1000000000 US dollars", amount));
  return StoredLimit{std::string(measure), format_usd(*money), std::string(every)};
}

Result<std::vector<StoredLimit>> parse_limits(const std::vector<std::string>& texts) {
  std::vector<StoredLimit> limits;
  for (const std::string& text : texts) {
    TG_TRY(limit, parse_limit(text));
    for (const StoredLimit& other : limits)
      if (other.measure == limit.measure && other.every == limit.every)
        return wrong("limit", fmt::format("is there twice for one {}", limit.every));
    limits.push_back(std::move(limit));
  }
  return limits;
}

Result<KeySettings> key_settings_of(const CommandLine& line, WallTime now) {
  TG_TRY(attribution, attribution_of(line));
  TG_TRY(models, models_of(line));
  TG_TRY(may_set, may_set_of(line));
  TG_TRY(expires, expires_of(line, now));
  TG_TRY(allow_from, allow_from_of(line));
  TG_TRY(limits, parse_limits(line.values("limit")));
  return KeySettings{.attribution = std::move(attribution),
                     .models = std::move(models),
                     .may_set = may_set,
                     .expires = expires,
                     .allow_from = std::move(allow_from),
                     .limits = std::move(limits)};
}

}  // namespace tollgate
