#include "telemetry/row_line.h"

#include "json/write.h"

namespace tollgate {
namespace {

void write_who(json::Writer& line, const RequestRow& row, Personal personal) {
  line.member("key", row.key).member("team", row.attribution.team);
  if (personal == Personal::included) line.member("user", row.attribution.user);
  line.member("feature", row.attribution.feature);
  if (personal == Personal::left_out) return;
  line.key("tags").begin_object();
  for (const auto& [name, value] : row.attribution.tags) line.member(name, value);
  line.end_object();
}

void write_what(json::Writer& line, const RequestRow& row) {
  line.member("route", row.route).member("endpoint", row.endpoint).member("dialect", row.dialect);
  line.member("stream", row.stream).member("provider", row.provider).member("model", row.model);
  line.member("region", row.region).member("status", to_string(row.status)).member("http_status", row.http_status);
  line.member("error_code", row.error_code).member("attempts", row.attempts);
}

void write_usage(json::Writer& line, const Usage& usage) {
  line.member("input_tokens", usage.input.count).member("cache_read_tokens", usage.cache_read.count);
  line.member("cache_write_5m_tokens", usage.cache_write_5m.count);
  line.member("cache_write_1h_tokens", usage.cache_write_1h.count).member("output_tokens", usage.output.count);
  line.member("reasoning_tokens", usage.reasoning.count).member("audio_input_tokens", usage.audio_input.count);
  line.member("audio_output_tokens", usage.audio_output.count).member("image_count", usage.image_count);
}

void write_cost_and_times(json::Writer& line, const RequestRow& row) {
  line.member("usage_source", to_string(row.usage_source)).member("cost_nano_usd", row.cost.nano_usd);
  line.member("saved_nano_usd", row.saved.nano_usd).member("price_id", row.price_id);
  line.member("cache", to_string(row.cache)).key("first_token_ms");
  row.first_token_ms < 0 ? line.null() : line.value(row.first_token_ms);
  line.member("duration_ms", row.duration_ms);
}

// U+007F is one byte, U+0080 to U+009F are C2 80 to C2 9F. Outside of texts JSON has neither.
void escape_control(std::string& out, std::size_t from) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t at = from; at < out.size(); ++at) {
    auto byte = static_cast<unsigned char>(out[at]);
    auto after = at + 1 < out.size() ? static_cast<unsigned char>(out[at + 1]) : '\0';
    bool two_bytes = byte == 0xC2 && after >= 0x80 && after <= 0x9F;
    if (byte != 0x7F && !two_bytes) continue;
    unsigned char code = two_bytes ? after : byte;
    const char escaped[] = {'\\', 'u', '0', '0', digits[code >> 4], digits[code & 15]};
    out.replace(at, two_bytes ? 2 : 1, escaped, sizeof escaped);
    at += sizeof escaped - 1;
  }
}

}  // namespace

void append_row_json(std::string& out, const RequestRow& row, Personal personal) {
  std::size_t begin = out.size();
  char id[request_id_length];
  write_request_id(row.id, id);
  json::Writer line(out);
  line.begin_object().member("id", std::string_view(id, sizeof id));
  line.member("at", rfc3339(row.at)).member("finished_at", rfc3339(row.finished_at));
  write_who(line, row, personal);
  write_what(line, row);
  write_usage(line, row.usage);
  write_cost_and_times(line, row);
  line.end_object();
  escape_control(out, begin);
}

}  // namespace tollgate
