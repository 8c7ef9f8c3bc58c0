#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "app/admin_answers.h"
#include "app/object_change.h"
#include "app/setting_objects.h"
#include "config/json.h"

namespace tollgate {
namespace {

constexpr std::string_view of_keys = "keys.";  // names of limits that keys carry begin so
constexpr std::string_view state_path = "state";

std::unexpected<Error> no_such_limit(std::string_view name) { return fail(Fault::not_found, fmt::format("there is no limit `{}`", name), "name"); }

// A limit is a team's own when it is for that team and no other.
bool is_seen(const AdminCall& call, const LimitConfig& limit) {
  return call.team.empty() || (limit.match.team.size() == 1 && limit.match.team.front() == call.team);
}

void append_settings(json::Writer& out, const LimitConfig& limit) { config::append_members(out, limit); }

void append_stored(json::Writer& out, const LimitRow& row, const LimitConfig& limit) {
  out.begin_object().member("name", row.name).member("source", "data");
  append_settings(out, limit);
  out.member("version", row.version).member("created", rfc3339(row.created)).member("changed", rfc3339(row.changed)).end_object();
}

void append_configured(json::Writer& out, std::string_view name, const LimitConfig& limit) {
  out.begin_object().member("name", name).member("source", "configuration");
  append_settings(out, limit);
  out.end_object();
}

Result<AdminReply> reply_with(const LimitRow& row) {
  TG_TRY(limit, limit_of(row.settings));
  AdminReply reply{.etag = etag_of(row.version)};
  json::Writer out(reply.answer.body);
  append_stored(out, row, limit);
  return reply;
}

// What the audit log may have: nothing that names a person.
std::string redacted(const LimitRow& row) {
  auto limit = limit_of(row.settings);
  if (!limit) return {};
  limit->match.user.clear();
  limit->match.tags.entries.clear();
  std::string text;
  json::Writer out(text);
  out.begin_object();
  append_settings(out, *limit);
  out.end_object();
  return text;
}

LimitStore::Gate gate_of(const AdminCall& call, ToldFirst& told) {
  return [&call, &told](const LimitRow* before, const LimitRow* after) -> Result<void> {
    if (before != nullptr) TG_TRY_VOID(check_if_match(call, before->version));
    return told.tell(before == nullptr ? "" : redacted(*before), after == nullptr ? "" : redacted(*after));
  };
}

struct Listed {
  std::string name;
  std::string json;
};

Result<std::vector<Listed>> all_of(ObjectRoom& room, const AdminCall& call) {
  std::vector<Listed> all;
  for (const LimitRow& row : room.folder.limit_store->list()) {
    TG_TRY(limit, limit_of(row.settings));
    if (!is_seen(call, limit)) continue;
    json::Writer out(all.emplace_back(Listed{row.name, {}}).json);
    append_stored(out, row, limit);
  }
  for (const auto& [name, limit] : room.config.limits) {
    if (!is_seen(call, limit)) continue;
    json::Writer out(all.emplace_back(Listed{name, {}}).json);
    append_configured(out, name, limit);
  }
  std::ranges::sort(all, {}, &Listed::name);
  return all;
}

Result<AdminReply> list(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(query, list_query_of(call, {}));
  TG_TRY(all, all_of(room, call));
  auto at = std::ranges::upper_bound(all, query.after, {}, &Listed::name);
  AdminReply reply;
  json::Writer out(reply.answer.body);
  out.begin_object().key("limits").begin_array();
  std::string_view last;
  for (std::size_t i = 0; i < query.limit && at != all.end(); ++i, ++at) {
    out.raw(at->json);
    last = at->name;
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
  if (const LimitConfig* limit = room.config.limits.find(call.name); limit != nullptr && is_seen(call, *limit)) {
    AdminReply reply{.etag = etag_of(room.config)};
    json::Writer out(reply.answer.body);
    append_configured(out, call.name, *limit);
    return reply;
  }
  auto row = room.folder.limit_store->show(call.name);
  if (!row) return no_such_limit(call.name);
  TG_TRY(limit, limit_of(row->settings));
  if (!is_seen(call, limit)) return no_such_limit(call.name);
  return reply_with(*row);
}

Result<AdminReply> create(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(object, object_of(call));
  TG_TRY(name, text_in(object, "name"));
  if (!name) return fail(Fault::invalid_request, "`name` is missing", "name");
  TG_TRY_VOID(check_path_can_name(*name));
  if (name->starts_with(of_keys) || *name == state_path)
    return fail(Fault::invalid_request, fmt::format("`name`: `{}` and names that begin with `{}` are the gateway's own", state_path, of_keys), "name");
  if (room.config.limits.find(*name) != nullptr) return read_only("limit", *name);
  const std::string settings = settings_in(object);
  TG_TRY(limit, checked_limit(settings, room.config, room.options));
  std::ignore = limit;
  ToldFirst told(room, call, "limits.create", *name);
  TG_TRY(row, told.ended(room.folder.limit_store->create(*name, settings, room.now, gate_of(call, told))));
  TG_TRY(reply, reply_with(row));
  reply.status = 201;
  reply.changed = true;
  return reply;
}

Result<LimitRow> changeable(ObjectRoom& room, const AdminCall& call) {
  if (room.config.limits.find(call.name) != nullptr) return read_only("limit", call.name);
  auto row = room.folder.limit_store->show(call.name);
  if (!row) return no_such_limit(call.name);
  TG_TRY_VOID(check_if_match(call, row->version));
  return std::move(*row);
}

Result<AdminReply> change(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(row, changeable(room, call));
  TG_TRY(patch, object_of(call));
  if (json::find(patch, "name")) return fail(Fault::invalid_request, "`name`: a limit's name stays: under it stands what was used", "name");
  const std::string settings = config::merge_patch({.raw = row.settings, .kind = json::Kind::object}, patch);
  TG_TRY(limit, checked_limit(settings, room.config, room.options));
  std::ignore = limit;
  ToldFirst told(room, call, "limits.change", row.name);
  TG_TRY(changed, told.ended(room.folder.limit_store->change(row.name, settings, room.now, row.version, gate_of(call, told))));
  TG_TRY(reply, reply_with(changed));
  reply.changed = true;
  return reply;
}

Result<AdminReply> remove(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(row, changeable(room, call));
  ToldFirst told(room, call, "limits.delete", row.name);
  TG_TRY_VOID(told.ended(room.folder.limit_store->remove(row.name, {}, gate_of(call, told))));
  return AdminReply{.status = 204, .changed = true};
}

}  // namespace

Result<AdminReply> answer_limits(ObjectRoom& room, const AdminCall& call) {
  if (call.method == "GET") return call.name.empty() ? list(room, call) : show(room, call);
  if (call.method == "PATCH") return change(room, call);
  return call.method == "DELETE" ? remove(room, call) : create(room, call);
}

}  // namespace tollgate
