#include "storage/keys/key_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "json/write.h"
#include "storage/vault/tagged_lines.h"

namespace tollgate {
namespace {

constexpr std::string_view format_name = "tollgate-keys";

void append_text(json::Writer& out, std::string_view field, std::string_view text) {
  if (!text.empty()) out.member(field, text);
}

void append_time(json::Writer& out, std::string_view field, const std::optional<WallTime>& at) {
  if (at) out.member(field, rfc3339(*at));
}

void append_attribution(json::Writer& out, const Attribution& attribution) {
  append_text(out, "team", attribution.team);
  append_text(out, "user", attribution.user);
  append_text(out, "feature", attribution.feature);
  if (attribution.tags.empty()) return;
  out.key("tags").begin_object();
  for (const auto& [name, value] : attribution.tags) out.member(name, value);
  out.end_object();
}

void append_list(json::Writer& out, std::string_view field, const std::vector<std::string>& list) {
  if (list.empty()) return;
  out.key(field).begin_array();
  for (const auto& text : list) out.value(text);
  out.end_array();
}

std::vector<std::string> names_of(const MaySet& may_set) {
  std::vector<std::string> names;
  if (may_set.user) names.emplace_back("user");
  if (may_set.feature) names.emplace_back("feature");
  if (may_set.tags) names.emplace_back("tags");
  return names;
}

void append_limits(json::Writer& out, const std::vector<StoredLimit>& limits) {
  if (limits.empty()) return;
  out.key("limits").begin_array();
  for (const auto& limit : limits)
    out.begin_object()
        .member("measure", limit.measure)
        .member("amount", limit.amount)
        .member("every", limit.every)
        .end_object();
  out.end_array();
}

void append_settings(json::Writer& out, const KeySettings& settings) {
  append_attribution(out, settings.attribution);
  append_list(out, "models", settings.models);
  append_list(out, "may_set", names_of(settings.may_set));
  append_time(out, "expires", settings.expires);
  std::vector<std::string> blocks;
  for (const Cidr& block : settings.allow_from) blocks.push_back(format_cidr(block));
  append_list(out, "allow_from", blocks);
  append_limits(out, settings.limits);
}

void append_secrets(json::Writer& out, const std::vector<KeyDigest>& secrets) {
  out.key("secrets").begin_array();
  for (const KeyDigest& secret : secrets) {
    out.begin_object().member("digest", hex(crypto::bytes_of(secret.digest)));
    append_time(out, "until", secret.until);
    out.end_object();
  }
  out.end_array();
}

void append_key(std::string& text, const StoredKey& key) {
  json::Writer out(text);
  out.begin_object().member("name", key.name).member("id", key.id).member("version", key.version);
  append_time(out, "created", key.created);
  append_time(out, "changed", key.changed);
  append_time(out, "revoked", key.revoked);
  append_settings(out, key.settings);
  append_secrets(out, key.secrets);
  out.end_object();
  text += '\n';
}

std::unexpected<Error> broken_field(std::string_view field) {
  return fail(Fault::unavailable, fmt::format("field `{}` is missing or wrong", field));
}

Result<Attribution> read_attribution(json::Value row) {
  Attribution attribution;
  TG_TRY(team, optional_text_of(row, "team"));
  TG_TRY(user, optional_text_of(row, "user"));
  TG_TRY(feature, optional_text_of(row, "feature"));
  attribution.team = team.value_or("");
  attribution.user = user.value_or("");
  attribution.feature = feature.value_or("");
  if (auto tags = json::find(row, "tags"))
    for (const json::Member& tag : json::Members(*tags))
      attribution.tags.emplace_back(tag.key(), tag.value.string().value_or(""));
  return attribution;
}

Result<std::vector<std::string>> read_list(json::Value row, std::string_view field) {
  std::vector<std::string> list;
  auto value = json::find(row, field);
  if (!value) return list;
  for (const json::Value& element : json::Elements(*value)) {
    auto text = element.string();
    if (!text) return broken_field(field);
    list.push_back(std::move(*text));
  }
  return list;
}

Result<MaySet> read_may_set(json::Value row) {
  MaySet may_set;
  TG_TRY(names, read_list(row, "may_set"));
  for (const auto& name : names) {
    if (name == "user") may_set.user = true;
    if (name == "feature") may_set.feature = true;
    if (name == "tags") may_set.tags = true;
  }
  return may_set;
}

Result<std::vector<Cidr>> read_blocks(json::Value row) {
  std::vector<Cidr> blocks;
  TG_TRY(texts, read_list(row, "allow_from"));
  for (const auto& text : texts) {
    auto block = parse_cidr(text);
    if (!block) return broken_field("allow_from");
    blocks.push_back(*block);
  }
  return blocks;
}

Result<std::vector<StoredLimit>> read_limits(json::Value row) {
  std::vector<StoredLimit> limits;
  auto value = json::find(row, "limits");
  if (!value) return limits;
  for (const json::Value& element : json::Elements(*value)) {
    TG_TRY(measure, text_of(element, "measure"));
    TG_TRY(amount, text_of(element, "amount"));
    TG_TRY(every, text_of(element, "every"));
    limits.push_back({std::move(measure), std::move(amount), std::move(every)});
  }
  return limits;
}

Result<KeySettings> read_settings(json::Value row) {
  TG_TRY(attribution, read_attribution(row));
  TG_TRY(models, read_list(row, "models"));
  TG_TRY(may_set, read_may_set(row));
  TG_TRY(expires, optional_time_of(row, "expires"));
  TG_TRY(allow_from, read_blocks(row));
  TG_TRY(limits, read_limits(row));
  return KeySettings{std::move(attribution), std::move(models), may_set, expires,
                     std::move(allow_from),  std::move(limits)};
}

Result<std::vector<KeyDigest>> read_secrets(json::Value row) {
  std::vector<KeyDigest> secrets;
  auto value = json::find(row, "secrets");
  if (!value) return broken_field("secrets");
  for (const json::Value& element : json::Elements(*value)) {
    KeyDigest secret;
    TG_TRY(bytes, bytes_of_hex(element, "digest"));
    TG_TRY(until, optional_time_of(element, "until"));
    if (bytes.size() != secret.digest.size()) return broken_field("digest");
    std::copy(bytes.begin(), bytes.end(), secret.digest.begin());
    secret.until = until;
    secrets.push_back(secret);
  }
  return secrets;
}

Result<StoredKey> read_key(json::Value row) {
  TG_TRY(name, text_of(row, "name"));
  TG_TRY(id, text_of(row, "id"));
  TG_TRY(version, number_of(row, "version"));
  TG_TRY(created, time_of(row, "created"));
  TG_TRY(changed, time_of(row, "changed"));
  TG_TRY(revoked, optional_time_of(row, "revoked"));
  TG_TRY(settings, read_settings(row));
  TG_TRY(secrets, read_secrets(row));
  return StoredKey{std::move(name), std::move(id),       version,           created, changed,
                   revoked,         std::move(settings), std::move(secrets)};
}

template <class Keys>
auto* find_key(Keys& keys, std::string_view name) {
  auto at = std::lower_bound(keys.begin(), keys.end(), name,
                             [](const StoredKey& key, auto wanted) { return key.name < wanted; });
  return at != keys.end() && at->name == name ? &*at : nullptr;
}

}  // namespace

StoredKey* StoredKeys::find(std::string_view name) { return find_key(keys, name); }
const StoredKey* StoredKeys::find(std::string_view name) const { return find_key(keys, name); }

VirtualKey virtual_key_of(const StoredKey& key) {
  return {.name = key.name,
          .attribution = key.settings.attribution,
          .models = key.settings.models,
          .may_set = key.settings.may_set,
          .expires = key.settings.expires,
          .allow_from = key.settings.allow_from,
          .revoked = key.revoked.has_value()};
}

Result<void> add_stored_keys(const std::vector<StoredKey>& keys, KeyTableBuilder& builder) {
  for (const StoredKey& key : keys) TG_TRY_VOID(builder.add(virtual_key_of(key), key.secrets));
  return {};
}

crypto::HmacKey key_file_tag_key(const crypto::Key& pepper) {
  return crypto::HmacKey(crypto::HmacKey(pepper).derive("tollgate keys.jsonl 1"));
}

Result<std::string> write_key_file(const StoredKeys& keys, const crypto::HmacKey& tag_key) {
  std::string text = tagged_header(format_name, keys.generation);
  for (const StoredKey& key : keys.keys) append_key(text, key);
  crypto::Digest tag = tag_key.mac(text);
  json::Writer(text).begin_object().member("tag", hex(crypto::bytes_of(tag))).end_object();
  text += '\n';
  if (text.size() > max_key_file_bytes) return fail(Fault::overloaded, "keys.jsonl would be larger than 512 MiB");
  return text;
}

Result<StoredKeys> read_key_file(std::string_view text, const crypto::HmacKey& tag_key) {
  TG_TRY(lines, split_tagged_lines(text, format_name));
  if (!tag_key.verify(lines.covered, lines.tag))
    return fail(Fault::unavailable, "was changed outside Tollgate, is damaged, or belongs to another vault");
  StoredKeys keys{.generation = lines.generation, .keys = {}};
  for (const json::Value& row : lines.rows) {
    TG_TRY(key, read_key(row));
    keys.keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace tollgate
