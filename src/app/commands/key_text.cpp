#include "app/commands/key_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/commands/table.h"
#include "base/money.h"

namespace tollgate {
namespace {

std::vector<std::string> limit_words(const KeySettings& settings) {
  std::vector<std::string> words;
  for (const StoredLimit& limit : settings.limits)
    words.push_back(fmt::format("{}={}/{}", limit.measure, limit.amount, limit.every));
  return words;
}

std::vector<std::string> may_set_words(const MaySet& may_set) {
  std::vector<std::string> words;
  if (may_set.user) words.emplace_back("user");
  if (may_set.feature) words.emplace_back("feature");
  if (may_set.tags) words.emplace_back("tags");
  return words;
}

std::vector<std::string> address_words(const KeySettings& settings) {
  std::vector<std::string> words;
  for (const Cidr& block : settings.allow_from) words.push_back(format_cidr(block));
  return words;
}

std::vector<std::string> tag_words(const KeySettings& settings) {
  std::vector<std::string> words;
  for (const auto& [name, value] : settings.attribution.tags) words.push_back(fmt::format("{}={}", name, value));
  return words;
}

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ",")); }

void append_list(json::Writer& out, std::string_view name, const std::vector<std::string>& words) {
  out.key(name).begin_array();
  for (const std::string& word : words) out.value(word);
  out.end_array();
}

void append_time(json::Writer& out, std::string_view name, const std::optional<WallTime>& at) {
  out.key(name);
  at ? out.value(rfc3339(*at)) : out.null();
}

// The objects of `limits:` in the configuration; money as a decimal number, exactly.
void append_limits(json::Writer& out, const KeySettings& settings) {
  out.key("limits").begin_array();
  for (const StoredLimit& limit : settings.limits) {
    auto money = limit.measure == "usd" ? parse_usd(limit.amount) : std::nullopt;
    out.begin_object().key(limit.measure);
    money ? out.raw(format_usd(*money)) : out.raw(limit.amount);
    out.member("every", limit.every).end_object();
  }
  out.end_array();
}

void append_attribution(json::Writer& out, const Attribution& who) {
  out.member("team", who.team).member("user", who.user).member("feature", who.feature).key("tags").begin_object();
  for (const auto& [name, value] : who.tags) out.member(name, value);
  out.end_object();
}

std::string old_secrets(const StoredKey& key, WallTime now) {
  std::vector<std::string> ends;
  for (const KeyDigest& secret : key.secrets)
    if (secret.until && *secret.until > now) ends.push_back(rfc3339(*secret.until));
  return joined(ends);
}

}  // namespace

std::string_view state_of(const StoredKey& key, WallTime now) {
  if (key.revoked) return "revoked";
  return key.settings.expires && *key.settings.expires <= now ? "expired" : "active";
}

void append_key_json(json::Writer& out, const StoredKey& key, WallTime now) {
  const KeySettings& settings = key.settings;
  out.begin_object().member("name", key.name).member("id", key.id).member("source", "data").member("state", state_of(key, now));
  append_attribution(out, settings.attribution);
  append_list(out, "models", settings.models);
  append_list(out, "may_set", may_set_words(settings.may_set));
  append_time(out, "expires", settings.expires);
  append_list(out, "allow_from", address_words(settings));
  append_limits(out, settings);
  append_time(out, "created", key.created);
  append_time(out, "changed", key.changed);
  append_time(out, "revoked", key.revoked);
  out.member("version", key.version).key("secrets").begin_array();
  for (const KeyDigest& secret : key.secrets) {
    out.begin_object();
    append_time(out, "until", secret.until);
    out.end_object();
  }
  out.end_array().end_object();
}

std::string redacted_key_json(StoredKey key, WallTime now) {
  key.settings.attribution.user.clear();
  key.settings.attribution.tags.clear();
  std::string text;
  json::Writer out(text);
  append_key_json(out, key, now);
  return text;
}

std::string key_lines(const StoredKey& key, WallTime now) {
  const KeySettings& settings = key.settings;
  std::string out;
  auto line = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out += fmt::format("{:<12}{}\n", name, for_terminal(value));
  };
  line("name", key.name);
  line("id", key.id);
  line("state", state_of(key, now));
  line("team", settings.attribution.team);
  line("user", settings.attribution.user);
  line("feature", settings.attribution.feature);
  line("tags", joined(tag_words(settings)));
  line("models", settings.models.empty() ? "all" : joined(settings.models));
  line("may set", joined(may_set_words(settings.may_set)));
  line("limits", joined(limit_words(settings)));
  line("allow from", joined(address_words(settings)));
  line("expires", settings.expires ? rfc3339(*settings.expires) : "never");
  line("created", rfc3339(key.created));
  line("changed", rfc3339(key.changed));
  line("revoked", key.revoked ? rfc3339(*key.revoked) : "");
  line("old secret", old_secrets(key, now));
  return out;
}

std::string key_table(std::span<const StoredKey> keys, WallTime now) {
  Table table(
      {{"NAME"}, {"ID"}, {"STATE"}, {"TEAM"}, {"USER"}, {"FEATURE"}, {"MODELS"}, {"LIMITS"}, {"EXPIRES"}, {"CREATED"}});
  for (const StoredKey& key : keys) {
    const Attribution& who = key.settings.attribution;
    table.add({key.name, key.id, std::string(state_of(key, now)), who.team, who.user, who.feature,
               key.settings.models.empty() ? "all" : joined(key.settings.models), joined(limit_words(key.settings)),
               key.settings.expires ? rfc3339(*key.settings.expires) : "never", rfc3339(key.created)});
  }
  return table.text();
}

}  // namespace tollgate
