#include "audit/event.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "audit/shadow.h"
#include "json/write.h"

namespace tollgate {
namespace {

using json::Writer;

void begin(Writer& writer, std::string_view kind) { writer.begin_object().member("kind", kind); }

std::int64_t ms(Duration time) { return std::chrono::duration_cast<milliseconds>(time).count(); }

// Empty texts and zeros say nothing and are left out.
void text(Writer& writer, std::string_view name, std::string_view value) {
  if (!value.empty()) writer.member(name, value);
}
void count(Writer& writer, std::string_view name, std::int64_t value) {
  if (value != 0) writer.member(name, value);
}
void count(Writer& writer, std::string_view name, std::uint64_t value) {
  if (value != 0) writer.member(name, value);
}

// Without a text of its own: each request has one.
void digest(Writer& writer, std::string_view name, const crypto::Digest& value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<char, 2 * sizeof(crypto::Digest)> text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    text[2 * i] = digits[value[i] >> 4];
    text[2 * i + 1] = digits[value[i] & 15];
  }
  writer.member(name, std::string_view(text.data(), text.size()));
}

void write_usage(Writer& writer, const Usage& usage) {
  count(writer, "input_tokens", usage.input.count);
  count(writer, "cache_read_tokens", usage.cache_read.count);
  count(writer, "cache_write_5m_tokens", usage.cache_write_5m.count);
  count(writer, "cache_write_1h_tokens", usage.cache_write_1h.count);
  count(writer, "output_tokens", usage.output.count);
  count(writer, "reasoning_tokens", usage.reasoning.count);
  count(writer, "audio_input_tokens", usage.audio_input.count);
  count(writer, "audio_output_tokens", usage.audio_output.count);
  count(writer, "image_count", usage.image_count);
}

void write_who_and_what(Writer& writer, const RequestRow& row) {
  char id[request_id_length];
  write_request_id(row.id, id);
  writer.member("id", std::string_view(id, sizeof id));
  writer.member("admitted_at", rfc3339(row.at));
  text(writer, "key", row.key);
  text(writer, "team", row.attribution.team);
  text(writer, "feature", row.attribution.feature);
  text(writer, "route", row.route);
  text(writer, "endpoint", row.endpoint);
  text(writer, "dialect", row.dialect);
  writer.member("stream", row.stream);
  text(writer, "provider", row.provider);
  text(writer, "model", row.model);
  text(writer, "region", row.region);
}

void write_attempts(Writer& writer, std::span<const AttemptRow> attempts) {
  if (attempts.empty()) return;
  writer.key("attempts").begin_array();
  for (const AttemptRow& attempt : attempts) {
    writer.begin_object();
    text(writer, "provider", attempt.provider);
    text(writer, "model", attempt.model);
    text(writer, "credential", attempt.key);
    text(writer, "region", attempt.region);
    writer.member("phase", to_string(attempt.phase));
    count(writer, "http_status", std::int64_t{attempt.http_status});
    text(writer, "error_class", attempt.error_class);
    writer.member("duration_ms", attempt.duration_ms).end_object();
  }
  writer.end_array();
}

void write_decisions(Writer& writer, std::span<const AuditDecision> decisions) {
  if (decisions.empty()) return;
  writer.key("decisions").begin_array();
  for (const AuditDecision& decision : decisions.first(std::min(decisions.size(), max_audit_decisions)))
    writer.begin_object().member("by", decision.by).member("name", decision.name).member("said", decision.said).end_object();
  writer.end_array();
  if (decisions.size() > max_audit_decisions) writer.member("more_decisions", decisions.size() - max_audit_decisions);
}

void write_outcome(Writer& writer, const RequestRow& row) {
  writer.member("status", to_string(row.status)).member("http_status", row.http_status);
  text(writer, "error_code", row.error_code);
  write_usage(writer, row.usage);
  writer.member("usage_source", to_string(row.usage_source));
  writer.member("cost_nano_usd", row.cost.nano_usd);
  count(writer, "saved_nano_usd", row.saved.nano_usd);
  text(writer, "price_id", row.price_id);
  writer.member("cache", to_string(row.cache));
}

void write_personal(std::string& out, const Attribution& who) {
  if (who.user.empty() && who.tags.empty()) return;
  Writer writer(out);
  writer.begin_object();
  text(writer, "user", who.user);
  if (!who.tags.empty()) {
    writer.key("tags").begin_object();
    for (const auto& [name, value] : who.tags) writer.member(name, value);
    writer.end_object();
  }
  writer.end_object();
}

// Cut between two characters.
std::string cut(std::string_view text) {
  if (text.size() <= max_audit_text) return std::string(text);
  std::size_t end = max_audit_text;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace

Fingerprint fingerprint(const crypto::HmacKey& key, std::string_view body) { return key.mac(body); }

std::string pseudonym(std::uint64_t person) { return fmt::format("{:016x}", person); }

void encode(const AuditRequest& request, EncodedEvent& out) {
  out.clear();
  const RequestRow& row = request.row;
  out.at = row.finished_at > row.at ? row.finished_at : row.at;
  Writer writer(out.members);
  begin(writer, "request");
  write_who_and_what(writer, row);
  if (request.asked) digest(writer, "asked", *request.asked);
  write_attempts(writer, request.attempts);
  write_decisions(writer, request.decisions);
  write_outcome(writer, row);
  if (request.cache_age) writer.member("cache_age_ms", ms(*request.cache_age));
  if (request.cache_keep) writer.member("cache_keep_ms", ms(*request.cache_keep));
  count(writer, "bytes_in", request.bytes_in);
  count(writer, "bytes_out", request.bytes_out);
  count(writer, "events_out", request.events_out);
  count(writer, "redactions", request.redactions);
  if (row.first_token_ms >= 0) writer.member("first_token_ms", row.first_token_ms);
  writer.member("duration_ms", row.duration_ms);
  text(writer, "config", request.config);
  text(writer, "user_from", request.user_from);
  text(writer, "feature_from", request.feature_from);
  writer.end_object();
  out.owner = row.attribution.user;
  write_personal(out.personal, row.attribution);
}

void encode(const AuditShadow& shadow, EncodedEvent& out) {
  out.clear();
  const AttemptRow& row = shadow.row;
  out.at = row.started_at + milliseconds(row.duration_ms);
  char id[request_id_length];
  write_request_id(row.request_id, id);
  Writer writer(out.members);
  begin(writer, "shadow");
  writer.member("id", std::string_view(id, sizeof id)).member("started_at", rfc3339(row.started_at));
  text(writer, "provider", row.provider);
  text(writer, "model", row.model);
  text(writer, "credential", row.key);
  text(writer, "region", row.region);
  count(writer, "http_status", std::int64_t{row.http_status});
  text(writer, "error_class", row.error_class);
  write_usage(writer, row.usage);
  writer.member("usage_source", to_string(row.usage_source)).member("cost_nano_usd", row.cost.nano_usd);
  text(writer, "price_id", row.price_id);
  text(writer, "said", shadow.said);
  writer.member("duration_ms", row.duration_ms).end_object();
}

void encode(const AuditChange& change, EncodedEvent& out) {
  out.clear();
  out.at = change.at;
  Writer writer(out.members);
  begin(writer, "change");
  text(writer, "actor", cut(change.actor));
  text(writer, "role", cut(change.role));
  writer.member("action", cut(change.action));
  text(writer, "object", cut(change.object));
  text(writer, "before", cut(change.before));
  text(writer, "after", cut(change.after));
  writer.member("outcome", change.done ? "done" : "refused").end_object();
  if (change.person.empty()) return;
  out.owner = change.person;
  Writer(out.personal).begin_object().member("person", change.person).end_object();
}

void encode(const AuditStranger& stranger, EncodedEvent& out) {
  out.clear();
  out.at = stranger.at;
  Writer writer(out.members);
  begin(writer, "stranger");
  text(writer, "door", cut(stranger.door));
  writer.member("reason", stranger.reason).member("http_status", stranger.http_status);
  count(writer, "untold", stranger.untold);
  writer.end_object();
  if (!stranger.peer.empty()) Writer(out.personal).begin_object().member("peer", stranger.peer).end_object();
}

void encode(const AuditNote& note, EncodedEvent& out) {
  out.clear();
  out.at = note.at;
  Writer writer(out.members);
  begin(writer, "log");
  writer.member("event", to_string(note.event));
  text(writer, "actor", cut(note.actor));
  if (note.person) writer.member("person", pseudonym(*note.person));
  if (note.cut_bytes) writer.member("cut_bytes", *note.cut_bytes);
  if (note.seq) writer.member("of_seq", *note.seq);
  if (note.hash) digest(writer, "of_hash", *note.hash);
  writer.end_object();
}

}  // namespace tollgate
