// Reads the actions of a rule that have a form of their own.

#include "mock/base64.h"
#include "mock/script_fields.h"
#include "net/http1/write.h"

namespace tollgate::mock {
namespace {

constexpr std::string_view usual_error = R"({"message":"The server had an error while processing your request.",)"
                                         R"("type":"server_error","param":null,"code":null})";

// A number of events, or `true` for none.
bool read_point(const Value& value, std::int64_t& after_events) {
  if (value.boolean() == true) return after_events = 0, true;
  return read_count(value, 0, max_count, after_events);
}

// Calls `member` for each; false as soon as it is.
template <class Read>
bool every_member(const Value& value, Read read) {
  if (!value.is(Kind::object)) return false;
  for (const json::Member& member : json::Members(value))
    if (!read(member)) return false;
  return true;
}

bool read_close(const Value& value, CloseBy& how) {
  auto word = value.plain_string();
  if (word != "fin" && word != "rst") return false;
  how = word == "rst" ? CloseBy::rst : CloseBy::fin;
  return true;
}

bool read_bytes(const Value& value, std::string& out) {
  auto text = value.plain_string();
  auto bytes = text ? from_base64(*text) : std::nullopt;
  if (bytes) out = std::move(*bytes);
  return bytes.has_value();
}

bool read_raw_step(const Value& value, Raw& raw) {
  RawStep step;
  bool well = every_member(value, [&](const json::Member& member) {
    if (member.key_is("read")) return true;  // the request has been read; scripts of recorded faults say so
    if (member.key_is("send")) return read_text(member.value, step.bytes);
    if (member.key_is("base64")) return read_bytes(member.value, step.bytes);
    if (member.key_is("drip")) return step.drip = true, read_text(member.value, step.bytes);
    if (member.key_is("sleep_ms")) return read_ms(member.value, step.pause);
    if (member.key_is("gap_ms")) return read_ms(member.value, step.gap);
    if (member.key_is("repeat")) return read_count(member.value, 1, max_count, step.repeat);
    return member.key_is("close") && read_close(member.value, raw.how);
  });
  raw.steps.push_back(std::move(step));
  return well && raw.steps.size() <= max_raw_steps;
}

}  // namespace

bool read_pairs(const Value& value, Pairs& out) {
  return every_member(value, [&](const json::Member& member) {
    out.emplace_back(member.key(), std::string());
    return read_text(member.value, out.back().second);
  });
}

bool read_texts(const Value& value, std::vector<std::string>& out) {
  if (!value.is(Kind::array)) return false;
  for (const Value& element : json::Elements(value))
    if (!read_text(element, out.emplace_back())) return false;
  return true;
}

bool read_cut(const Value& value, Rule& rule) {
  Cut& cut = rule.cut.emplace();
  if (std::int64_t events = 0; read_point(value, events)) return cut.after_events = events, true;
  bool well = every_member(value, [&](const json::Member& member) {
    if (member.key_is("after_events")) return read_count(member.value, 0, max_count, cut.after_events.emplace());
    if (member.key_is("after_bytes")) return read_count(member.value, 0, max_count, cut.after_bytes.emplace());
    return member.key_is("how") && read_close(member.value, cut.how);
  });
  if (!cut.after_events && !cut.after_bytes) cut.after_events = 0;
  return well;
}

bool read_stall(const Value& value, Rule& rule) {
  Stall& stall = rule.stall.emplace();
  if (read_point(value, stall.after_events)) return true;
  return every_member(value, [&](const json::Member& member) {
    if (member.key_is("after_events")) return read_count(member.value, 0, max_count, stall.after_events);
    return member.key_is("ms") && read_ms(member.value, stall.lasts);
  });
}

bool read_error_event(const Value& value, Rule& rule) {
  ErrorEvent& event = rule.error_event.emplace();
  event.error = usual_error;
  if (read_point(value, event.after_events)) return true;
  return every_member(value, [&](const json::Member& member) {
    if (member.key_is("after_events")) return read_count(member.value, 0, max_count, event.after_events);
    if (member.key_is("error")) return event.error = member.value.raw, true;
    return false;
  });
}

bool read_garbage(const Value& value, Rule& rule) { return read_point(value, rule.garbage.emplace()); }

bool read_truncate(const Value& value, Rule& rule) {
  if (value.boolean() == true) return rule.truncate_chunked = -1, true;
  return read_count(value, 0, max_count, rule.truncate_chunked.emplace());
}

bool read_drip(const Value& value, Rule& rule) {
  Drip& drip = rule.slow_drip.emplace();
  if (read_ms(value, drip.every)) return true;
  return every_member(value, [&](const json::Member& member) {
    if (member.key_is("every_ms")) return read_ms(member.value, drip.every);
    return member.key_is("bytes") && read_count(member.value, 1, max_count, drip.bytes);
  });
}

// A text, {"base64": text}, or steps as recorded fault scenarios have them.
bool read_raw(const Value& value, Rule& rule) {
  Raw& raw = rule.raw.emplace();
  if (value.is(Kind::string)) return read_text(value, raw.steps.emplace_back().bytes);
  if (value.is(Kind::object)) return read_raw_step(value, raw);
  if (!value.is(Kind::array)) return false;
  for (const Value& step : json::Elements(value))
    if (!read_raw_step(step, raw)) return false;
  return true;
}

// Refused here, so that a head can always be written.
bool read_headers(const Value& value, Rule& rule) {
  if (!read_pairs(value, rule.headers)) return false;
  std::string room(max_head_bytes, '\0');
  http::HeadWriter writer(room);
  for (const auto& [name, text] : rule.headers) writer.field(name, text);
  return writer.finish().has_value();
}

bool read_body(const Value& value, Rule& rule) {
  if (value.is(Kind::string)) return read_text(value, rule.body.emplace());
  rule.body = std::string(value.raw);
  return true;
}

}  // namespace tollgate::mock
