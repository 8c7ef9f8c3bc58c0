#include "storage/audit/outside.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "crypto/random.h"
#include "json/scan.h"
#include "json/write.h"
#include "storage/audit/queue.h"
#include "storage/audit/segments.h"

namespace tollgate {
namespace {

constexpr std::string_view file_end = ".event";

// {"at":…,"owner":…,"personal":{…},"event":{…}}
std::string text_of(const EncodedEvent& event) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().member("at_ns", event.at.ns).member("owner", event.owner);
  if (!event.personal.empty()) writer.key("personal").raw(event.personal);
  writer.key("event").raw(event.members).end_object();
  return text;
}

std::string with_id(std::string_view members, std::string_view id) {
  return fmt::format("{},\"left\":\"{}\"}}", members.substr(0, members.size() - 1), id);
}

bool read_event(std::string_view text, std::string_view id, EncodedEvent& out) {
  auto object = json::scan(text);
  if (!object) return false;
  auto at = json::find(*object, "at_ns"), owner = json::find(*object, "owner");
  auto personal = json::find(*object, "personal"), event = json::find(*object, "event");
  auto kind = event ? json::find(*event, "kind") : std::nullopt;
  if (!at || !at->integer() || !owner || !owner->string() || !kind) return false;
  out.at = {*at->integer()};
  out.owner = *owner->string();
  out.personal = personal ? personal->raw : std::string_view();
  out.members = with_id(event->raw, id);
  return out.members.starts_with("{\"kind\":\"");
}

}  // namespace

Result<void> leave_audit_event(Disk& disk, const EncodedEvent& event) {
  if (event.members.size() + event.personal.size() + event.owner.size() > max_audit_event_bytes)
    return fail(Fault::unavailable, "an audit event is too large to be kept");
  // Sorts by time; an earlier clock only changes the order.
  return disk.replace(fmt::format("{:020}-{:016x}{}", std::max<std::int64_t>(event.at.ns, 0), crypto::random_u64(), file_end),
                      text_of(event));
}

Result<std::vector<LeftEvent>> find_left_audit_events(Disk& disk) {
  TG_TRY(entries, disk.list());
  std::vector<LeftEvent> found;
  for (DiskEntry& entry : entries)
    if (entry.name.ends_with(file_end)) found.push_back({.file = std::move(entry.name)});
  std::ranges::sort(found, {}, &LeftEvent::file);
  if (found.size() > max_left_events) found.resize(max_left_events);
  for (LeftEvent& left : found) {
    TG_TRY(text, read_audit_text(disk, left.file));
    std::string_view id(left.file.data(), left.file.size() - file_end.size());
    left.readable = text && read_event(*text, id, left.event);
  }
  return found;
}

std::optional<std::uint64_t> erased_person(std::string_view members) {
  auto object = json::scan(members);
  if (!object) return std::nullopt;
  auto event = json::find(*object, "event"), person = json::find(*object, "person");
  if (!event || event->string() != to_string(AuditLogEvent::erasure) || !person || !person->string()) return std::nullopt;
  const std::string text(*person->string());
  std::uint64_t id = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(id) : std::nullopt;
}

}  // namespace tollgate
