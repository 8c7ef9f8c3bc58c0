#include "storage/audit/personal.h"

#include <charconv>

#include "base/base64.h"
#include "json/scan.h"
#include "json/write.h"

namespace tollgate {
namespace {

std::string memory_key(std::uint64_t person, std::string_view personal) {
  std::string key(reinterpret_cast<const char*>(&person), sizeof person);
  return key.append(personal);
}

std::optional<std::uint64_t> read_pseudonym(std::string_view text) {
  std::uint64_t person = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), person, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return person;
}

// What a `personal` says in clear.
void write_opened(json::Writer& writer, json::Value personal, ValueSealer& sealer) {
  auto person = json::find(personal, "person");
  auto sealed = json::find(personal, "sealed");
  auto pseudonym_text = person ? person->plain_string() : std::nullopt;
  auto bytes = sealed && sealed->plain_string() ? decode_base64(*sealed->plain_string()) : std::nullopt;
  auto id = pseudonym_text ? read_pseudonym(*pseudonym_text) : std::optional<std::uint64_t>(0);
  auto opened = bytes && id ? sealer.open(*id, *bytes) : std::nullopt;
  writer.begin_object();
  if (pseudonym_text) writer.member("person", *pseudonym_text);
  auto values = opened ? json::scan(*opened) : std::unexpected(json::Fault{});
  if (!values) writer.member(sealed ? "erased" : "lost", true);
  if (values)
    for (const json::Member& member : json::Members(*values)) writer.key(member.key()).raw(member.value);
  writer.end_object();
}

}  // namespace

void PersonalSeals::clear_when_due(Instant now) {
  const bool forgotten = forgotten_.exchange(false, std::memory_order_acquire);
  if (!forgotten && now - cleared_at_ < remembered_seals && sealed_.size() < max_remembered_seals) return;
  sealed_.clear();
  cleared_at_ = now;
}

AuditPersonal PersonalSeals::seal(std::string_view owner, std::string_view personal, Instant now) {
  clear_when_due(now);
  auto person = owner.empty() ? Result<std::uint64_t>(0) : person_of_(owner);
  if (!person) return {};
  std::string key = memory_key(*person, personal);
  if (auto known = sealed_.find(key); known != sealed_.end()) return {.person = *person, .sealed = known->second};
  auto sealed = sealer_.seal(*person, personal);
  if (!sealed || !sealer_.sync()) return {.person = *person};
  std::string text;
  append_base64(text, *sealed);
  sealed_.emplace(std::move(key), text);
  return {.person = *person, .sealed = std::move(text)};
}

std::string readable_audit_line(std::string_view line, ValueSealer& sealer) {
  auto scanned = json::scan(line);
  if (!scanned) return std::string(line);
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  for (const json::Member& member : json::Members(*scanned)) {
    writer.key(member.key());
    if (member.key_is("personal")) {
      write_opened(writer, member.value, sealer);
    } else {
      writer.raw(member.value);
    }
  }
  writer.end_object();
  return out;
}

}  // namespace tollgate
