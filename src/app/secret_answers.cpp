#include <fmt/format.h>

#include <algorithm>

#include "app/admin_answers.h"
#include "app/object_change.h"

namespace tollgate {
namespace {

std::unexpected<Error> no_such_secret(std::string_view name) {
  return fail(Fault::not_found, fmt::format("the vault has no secret `{}`", name), "name");
}

void append_entry(json::Writer& out, const VaultEntry& entry) {
  out.begin_object()
      .member("name", entry.name)
      .member("version", entry.version)
      .member("created", rfc3339(entry.created))
      .member("changed", rfc3339(entry.changed))
      .end_object();
}

std::optional<VaultEntry> find_entry(const Vault& vault, std::string_view name) {
  for (VaultEntry& entry : vault.list())
    if (entry.name == name) return std::move(entry);
  return std::nullopt;
}

Result<AdminReply> list(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(query, list_query_of(call, {}));
  const std::vector<VaultEntry> all = room.folder.vault->list();
  auto at = std::ranges::upper_bound(all, query.after, {}, &VaultEntry::name);
  AdminReply reply;
  json::Writer out(reply.answer.body);
  out.begin_object().key("secrets").begin_array();
  std::string_view last;
  for (std::size_t i = 0; i < query.limit && at != all.end(); ++i, ++at) {
    append_entry(out, *at);
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

Result<AdminReply> show(ObjectRoom& room, std::string_view name) {
  auto entry = find_entry(*room.folder.vault, name);
  if (!entry) return no_such_secret(name);
  AdminReply reply{.etag = etag_of(entry->version)};
  json::Writer out(reply.answer.body);
  append_entry(out, *entry);
  return reply;
}

// Where the configuration names it: without it the gateway would not start again.
std::string place_that_needs(const Config& config, std::string_view name) {
  auto is_it = [name](const SecretRef& ref) { return ref.from == SecretRef::From::vault && ref.name == name; };
  for (const auto& provider : config.providers)
    for (const auto& key : provider.value.keys)
      if (is_it(key.value.secret)) return fmt::format("providers.{}.keys.{}", provider.name, key.name);
  for (const auto& key : config.keys)
    if (is_it(key.value.key.secret)) return fmt::format("keys.{}", key.name);
  return {};
}

// What a header cannot carry would be refused when it is used: then nothing the configuration says would hold any more.
Result<void> check_usable(const Config& config, std::string_view name, const Secret& value) {
  const std::string place = place_that_needs(config, name);
  if (place.empty()) return {};
  config::SecretSources sources;
  sources.vault = [&](std::string_view) { return std::optional(value); };
  auto usable = config::resolve({.from = SecretRef::From::vault, .name = std::string(name), .plain = {}}, sources);
  if (usable) return {};
  return fail(Fault::invalid_request, fmt::format("`value` cannot be used at {}: {}", place, usable.error()), "value");
}

Vault::Gate gate_of(const AdminCall& call, ToldFirst& told) {
  return [&call, &told](const VaultEntry* before) -> Result<void> {
    TG_TRY_VOID(check_if_match(call, before == nullptr ? std::optional<std::uint64_t>() : before->version));
    return told.tell("", "");
  };
}

Result<AdminReply> set(ObjectRoom& room, const AdminCall& call) {
  TG_TRY(object, object_of(call));
  for (const json::Member& member : json::Members(object))
    if (!member.key_is("value")) return fail(Fault::invalid_request, "a secret has a `value` and nothing else", member.key());
  TG_TRY(text, text_in(object, "value"));
  if (!text) return fail(Fault::invalid_request, "`value` is missing", "value");
  const Secret value(std::move(*text));
  TG_TRY_VOID(check_usable(room.config, call.name, value));
  const bool is_new = !find_entry(*room.folder.vault, call.name);
  ToldFirst told(room, call, "secrets.set", call.name);
  TG_TRY_VOID(told.ended(room.folder.vault->set(call.name, value, room.now, gate_of(call, told))));
  TG_TRY(reply, show(room, call.name));
  reply.status = is_new ? 201 : 200;
  reply.changed = true;
  return reply;
}

Result<AdminReply> remove(ObjectRoom& room, const AdminCall& call) {
  if (const std::string place = place_that_needs(room.config, call.name); !place.empty())
    return fail(Error{.fault = Fault::invalid_request,
                      .detail = fmt::format("the configuration needs the secret `{}`: {}", call.name, place),
                      .param = "name",
                      .code = "conflict",
                      .http_status = 409});
  ToldFirst told(room, call, "secrets.delete", call.name);
  TG_TRY_VOID(told.ended(room.folder.vault->remove(call.name, gate_of(call, told))));
  return AdminReply{.status = 204, .changed = true};
}

Result<AdminReply> rotate_master(ObjectRoom& room, const AdminCall& call) {
  ToldFirst told(room, call, "secrets.rotate_master", "");
  TG_TRY(rotation, told.ended(room.folder.vault->rotate_master([&](std::string_view master) { return told.tell("", master); })));
  AdminReply reply{.changed = true};
  json::Writer(reply.answer.body).begin_object().member("master", rotation.master).member("rewrapped", rotation.rewrapped).end_object();
  return reply;
}

}  // namespace

Result<AdminReply> answer_secrets(ObjectRoom& room, const AdminCall& call) {
  std::ignore = room.folder.vault->refresh();
  if (call.method == "GET") return call.name.empty() ? list(room, call) : show(room, call.name);
  if (call.method == "PUT") return set(room, call);
  if (call.method == "DELETE") return remove(room, call);
  return rotate_master(room, call);
}

}  // namespace tollgate
