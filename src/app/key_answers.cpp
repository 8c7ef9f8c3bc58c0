#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "app/admin_answers.h"
#include "app/commands/key_text.h"
#include "app/object_change.h"
#include "app/setting_objects.h"
#include "config/json.h"

namespace tollgate {
namespace {

constexpr std::string_view rotate_path = "/rotate";

std::unexpected<Error> no_such_key(std::string_view name) { return fail(Fault::not_found, fmt::format("there is no key `{}`", name), "name"); }

bool is_seen(const AdminCall& call, std::string_view team) { return call.team.empty() || call.team == team; }

void append_stored(json::Writer& out, const StoredKey& key, WallTime now) { append_key_json(out, key, now); }

// The members of a created key that one of the file has too.
void append_configured(json::Writer& out, std::string_view name, KeyEntry entry, WallTime now) {
  const bool expired = entry.key.expires && *entry.key.expires <= now;
  out.begin_object().member("name", name).member("source", "configuration").member("state", expired ? "expired" : "active");
  config::append_members(out, std::move(entry));
  out.end_object();
}

AdminReply reply_with(const StoredKey& key, WallTime now) {
  AdminReply reply{.etag = etag_of(key.version)};
  json::Writer out(reply.answer.body);
  append_stored(out, key, now);
  return reply;
}

// Both sources as one list by name.
struct Listed {
  std::string_view name;
  const StoredKey* stored = nullptr;
  const KeyEntry* configured = nullptr;
};

std::vector<Listed> all_keys(const Config& config, const std::vector<StoredKey>& stored, const AdminCall& call) {
  std::vector<Listed> all;
  for (const StoredKey& key : stored)
    if (is_seen(call, key.settings.attribution.team)) all.push_back({key.name, &key, nullptr});
  for (const auto& [name, entry] : config.keys)
    if (is_seen(call, entry.key.team)) all.push_back({name, nullptr, &entry});
  std::ranges::sort(all, {}, &Listed::name);
  return all;
}

Result<AdminReply> list(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(query, list_query_of(call, {}));
  const std::vector<StoredKey> stored = room.folder.key_store->list();
  const std::vector<Listed> all = all_keys(room.config, stored, call);
  auto at = std::ranges::upper_bound(all, query.after, {}, &Listed::name);
  AdminReply reply;
  json::Writer out(reply.answer.body);
  out.begin_object().key("keys").begin_array();
  std::string_view last;
  for (std::size_t i = 0; i < query.limit && at != all.end(); ++i, ++at) {
    last = at->name;
    if (at->stored != nullptr)
      append_stored(out, *at->stored, room.now);
    else
      append_configured(out, at->name, *at->configured, room.now);
  }
  out.end_array().key("next");
  if (at == all.end())
    out.null();
  else
    out.value(last);
  out.end_object();
  return reply;
}

Result<AdminReply> show(ObjectRoom& room, const AdminCall& call) {
  if (const KeyEntry* entry = room.config.keys.find(call.name); entry != nullptr && is_seen(call, entry->key.team)) {
    AdminReply reply{.etag = etag_of(room.config)};
    json::Writer out(reply.answer.body);
    append_configured(out, call.name, *entry, room.now);
    return reply;
  }
  auto key = room.folder.key_store->show(call.name);
  if (!key || !is_seen(call, key->settings.attribution.team)) return no_such_key(call.name);
  return reply_with(*key, room.now);
}

// A limit that a key carries has a name of its own, which nobody else's may be.
Result<void> check_limit_names(ObjectRoom& room, const std::string& key, const KeySettings& settings) {
  for (const StoredLimit& stored : settings.limits) {
    TG_TRY(limit, limit_of(key, stored));
    const std::string name = own_limit_name(key, limit);
    if (room.config.limits.find(name) != nullptr || room.folder.limit_store->show(name))
      return fail(Error{.fault = Fault::invalid_request, .detail = fmt::format("there is a limit `{}` already", name), .param = "limits", .code = "conflict", .http_status = 409});
  }
  return {};
}

// The gate that tells the audit log what becomes of a key.
KeyStore::Gate gate_of(ObjectRoom& room, const AdminCall& call, ToldFirst& told) {
  return [&room, &call, &told](const StoredKey* before, const StoredKey* after) -> Result<void> {
    if (before != nullptr) TG_TRY_VOID(check_if_match(call, before->version));
    return told.tell(before == nullptr ? "" : redacted_key_json(*before, room.now), after == nullptr ? "" : redacted_key_json(*after, room.now));
  };
}

AdminReply reply_with_secret(const IssuedKey& issued, WallTime now, int status) {
  AdminReply reply = reply_with(issued.key, now);
  reply.status = status;
  reply.changed = true;
  reply.answer.body.pop_back();
  reply.answer.body += ",\"secret\":";
  json::append_quoted(reply.answer.body, issued.secret.reveal());
  reply.answer.body += '}';
  return reply;
}

Result<AdminReply> create(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(object, object_of(call));
  TG_TRY(name, text_in(object, "name"));
  if (!name) return fail(Fault::invalid_request, "`name` is missing", "name");
  TG_TRY_VOID(check_path_can_name(*name));
  if (room.config.keys.find(*name) != nullptr) return read_only("key", *name);
  TG_TRY(settings, checked_key(settings_in(object), room.config, room.options, room.now));
  TG_TRY_VOID(check_limit_names(room, *name, settings));
  ToldFirst told(room, call, "keys.create", *name);
  TG_TRY(issued, told.ended(room.folder.key_store->create(*name, std::move(settings), room.now, gate_of(room, call, told))));
  return reply_with_secret(issued, room.now, 201);
}

Result<StoredKey> changeable(ObjectRoom& room, std::string_view name) {
  if (room.config.keys.find(name) != nullptr) return read_only("key", name);
  auto key = room.folder.key_store->show(name);
  if (!key) return no_such_key(name);
  return std::move(*key);
}

Result<AdminReply> change(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(key, changeable(room, call.name));
  TG_TRY_VOID(check_if_match(call, key.version));
  TG_TRY(patch, object_of(call));
  if (json::find(patch, "name")) return fail(Fault::invalid_request, "`name`: a key's name stays", "name");
  const std::string before = key_settings_json(key.settings);
  const std::string said = config::merge_patch({.raw = before, .kind = json::Kind::object}, patch);
  // An end that has passed may stay, when the patch is about something else.
  const WallTime now = json::find(patch, "expires") ? room.now : WallTime{};
  TG_TRY(settings, checked_key(said, room.config, room.options, now));
  TG_TRY_VOID(check_limit_names(room, key.name, settings));
  ToldFirst told(room, call, "keys.change", key.name);
  TG_TRY(changed, told.ended(room.folder.key_store->change(key.name, std::move(settings), room.now, key.version, gate_of(room, call, told))));
  AdminReply reply = reply_with(changed, room.now);
  reply.changed = true;
  return reply;
}

// {"keep_old": "24h"}: how long the old secret stays good.
Result<AdminReply> rotate(ObjectRoom& room, const AdminCall& call) {
  const std::string_view name = call.name.substr(0, call.name.size() - rotate_path.size());
  TG_TRY(key, changeable(room, name));
  TG_TRY(object, object_of(call));
  for (const json::Member& member : json::Members(object))
    if (!member.key_is("keep_old")) return fail(Fault::invalid_request, fmt::format("there is no `{}` here; did you mean `keep_old`?", member.key()), member.key());
  TG_TRY(said, text_in(object, "keep_old"));
  auto keep = parse_duration(said.value_or("0"));
  if (!keep) return fail(Fault::invalid_request, "`keep_old` must be a duration such as 24h", "keep_old");
  if (*keep < Duration::zero() || *keep > max_old_secret_time) return fail(Fault::invalid_request, "`keep_old` may be 0 to 90d", "keep_old");
  ToldFirst told(room, call, "keys.rotate", key.name);
  TG_TRY(issued, told.ended(room.folder.key_store->rotate(key.name, *keep, room.now, {}, gate_of(room, call, told))));
  return reply_with_secret(issued, room.now, 200);
}

// `?keep_name=true` revokes: the row stays, so that nobody takes the name.
Result<AdminReply> remove(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(query, list_query_of(call, {"keep_name"}));
  TG_TRY(key, changeable(room, call.name));
  const std::string_view keep = query.find("keep_name");
  if (!keep.empty() && keep != "true" && keep != "false") return fail(Fault::invalid_request, "`keep_name` must be true or false", "keep_name");
  KeyStore& store = *room.folder.key_store;
  if (keep == "true") {
    ToldFirst told(room, call, "keys.revoke", key.name);
    TG_TRY(revoked, told.ended(store.revoke(key.name, room.now, {}, gate_of(room, call, told))));
    AdminReply reply = reply_with(revoked, room.now);
    reply.changed = true;
    return reply;
  }
  ToldFirst told(room, call, "keys.delete", key.name);
  TG_TRY_VOID(told.ended(store.remove(key.name, {}, gate_of(room, call, told))));
  return AdminReply{.status = 204, .changed = true};
}

}  // namespace

Result<AdminReply> answer_keys(ObjectRoom& room, const AdminCall& call) {
  std::ignore = room.folder.key_store->refresh();  // what a command changed within the last second
  if (call.method == "GET") return call.name.empty() ? list(room, call) : show(room, call);
  if (call.method == "PATCH") return change(room, call);
  if (call.method == "DELETE") return remove(room, call);
  if (call.name.empty()) return create(room, call);
  if (call.name.ends_with(rotate_path)) return rotate(room, call);
  return fail(Fault::not_found, "there is nothing at this path");
}

}  // namespace tollgate
