#include "app/commands/attempt_line.h"

#include "app/commands/beside_fields.h"
#include "base/error.h"
#include "json/write.h"

namespace tollgate {
namespace {

void write_target(json::Writer& line, const AttemptRow& attempt) {
  line.member("provider", attempt.provider).member("model", attempt.model).member("key", attempt.key);
  line.member("region", attempt.region).member("phase", to_string(attempt.phase));
}

void write_usage(json::Writer& line, const Usage& usage) {
  line.member("input_tokens", usage.input.count).member("cache_read_tokens", usage.cache_read.count);
  line.member("cache_write_5m_tokens", usage.cache_write_5m.count);
  line.member("cache_write_1h_tokens", usage.cache_write_1h.count).member("output_tokens", usage.output.count);
  line.member("reasoning_tokens", usage.reasoning.count).member("audio_input_tokens", usage.audio_input.count);
  line.member("audio_output_tokens", usage.audio_output.count).member("image_count", usage.image_count);
}

// Left out where there is none of it, as with nearly all calls.
void write_beside(json::Writer& line, const BilledBeside& beside) {
  if (beside == BilledBeside{}) return;
  line.key("billed_beside").begin_object();
  for (const BesideField& field : beside_fields())
    if (std::int64_t count = field.read(beside); count != 0) line.member(field.name, count);
  if (beside.tier != ServiceTier::untold) line.member("service_tier", to_string(beside.tier));
  line.end_object();
}

}  // namespace

std::string_view status_of(const AttemptRow& attempt) {
  if (attempt.error_class.empty()) return to_string(RowStatus::ok);
  bool client_left =
      attempt.error_class == info(Fault::client_gone).name || attempt.error_class == info(Fault::cancelled).name;
  if (client_left) return to_string(RowStatus::aborted);
  bool content_came = attempt.phase == AttemptPhase::stream || attempt.first_token_ms >= 0;
  return to_string(content_came ? RowStatus::incomplete : RowStatus::failed);
}

void append_attempt_json(std::string& out, const AttemptRow& attempt) {
  json::Writer line(out);
  line.begin_object().member("request_id", to_string(attempt.request_id)).member("n", attempt.n);
  write_target(line, attempt);
  line.member("status", status_of(attempt)).member("http_status", attempt.http_status);
  line.member("error_class", attempt.error_class).member("started_at", rfc3339(attempt.started_at));
  line.member("duration_ms", attempt.duration_ms).key("first_token_ms");
  attempt.first_token_ms < 0 ? line.null() : line.value(attempt.first_token_ms);
  write_usage(line, attempt.usage);
  line.member("usage_source", to_string(attempt.usage_source)).member("cost_nano_usd", attempt.cost.nano_usd);
  line.member("price_id", attempt.price_id);
  write_beside(line, attempt.usage.beside);
  line.end_object();
}

}  // namespace tollgate
