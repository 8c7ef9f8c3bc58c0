#include "api/health.h"

#include "api/answer_fields.h"
#include "json/write.h"

namespace tollgate {

Task<void> reply_json(http::ServerExchange& exchange, int status, std::string_view json, RequestId id) {
  AnswerFields fields;
  fields.add("content-type", "application/json");
  fields.add("cache-control", "no-store");
  if (!id.empty()) add_request_id(fields, id);
  std::string_view parts[] = {json};
  http::AnswerHead head{.status = status, .fields = fields.all()};
  [[maybe_unused]] auto sent = co_await exchange.answer(head, parts);
}

Task<void> serve_health(http::ServerExchange& exchange, Result<void> state) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().member("status", state ? "ok" : "unavailable");
  if (!state) writer.member("reason", state.error().detail);
  writer.end_object();
  co_await reply_json(exchange, state ? 200 : 503, body);
}

}  // namespace tollgate
