#include "api/usage.h"

#include "api/error_reply.h"
#include "api/health.h"
#include "api/http_incoming.h"
#include "gateway/steps/identify.h"
#include "json/write.h"
#include "limits/state.h"
#include "net/http1/target.h"

namespace tollgate {
namespace {

void append_used(json::Writer& writer, const KeyUse& use) {
  writer.key("used").begin_object();
  writer.member("requests", use.requests);
  writer.member("refused", use.refused);
  writer.member("input_tokens", use.input.count);
  writer.member("cached_tokens", use.cached.count);
  writer.member("output_tokens", use.output.count);
  writer.member("cost_nano_usd", use.cost.nano_usd);
  writer.end_object();
}

// Money as a decimal number of USD, exactly.
void append_limit(json::Writer& writer, const LimitState& state) {
  writer.begin_object();
  writer.member("name", state.limit);
  writer.member("measure", to_string(state.measure));
  writer.key("limit").raw(to_text(state.measure, state.amount));
  writer.key("used").raw(to_text(state.measure, state.used));
  writer.key("reserved").raw(to_text(state.measure, state.reserved));
  writer.key("left").raw(to_text(state.measure, state.left));
  writer.key("resets_at").raw(state.resets_json());
  writer.end_object();
}

// What a call with the key's own attribution would meet, whatever model it asks for: only limits that need no model are known.
Subject subject_of(const VirtualKey& key) {
  const Attribution& who = key.attribution;
  return {.key = key.name,
          .team = who.team,
          .user = who.user,
          .feature = who.feature,
          .model = {},
          .provider = {},
          .tags = &who.tags};
}

std::string usage_json(const VirtualKey& key, const KeyUse& use, const Policy& limits, WallTime now) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object();
  append_used(writer, use);
  writer.key("limits").begin_array();
  for (const LimitState& state : states_for(limits, subject_of(key), now)) append_limit(writer, state);
  writer.end_array().end_object();
  return body;
}

}  // namespace

Task<void> serve_usage(http::ServerExchange& exchange, std::string_view query, const ModelPort::Doors& doors, RequestId id) {
  Worker& worker = doors.worker;
  auto held = worker.snapshot.get();
  HttpIncoming incoming(exchange, query, **held);
  auto key = find_caller(incoming, **held, worker);
  if (!key) co_return co_await reply_error(exchange, key.error(), id, nullptr);
  auto asked = http::find_parameter(query, "request");
  if (!asked) {
    KeyUse use = doors.totals.of((*key)->name).value_or(KeyUse{});
    co_return co_await reply_json(exchange, 200, usage_json(**key, use, *(*held)->limits, worker.reactor.wall()), id);
  }
  auto request = parse_request_id(*asked);
  auto row = request ? doors.row_json(*request, (*key)->name) : std::nullopt;
  if (!row) {
    Error error{.fault = Fault::not_found, .detail = "this key has no request of this id", .param = "request"};
    co_return co_await reply_error(exchange, error, id, nullptr);
  }
  co_await reply_json(exchange, 200, *row, id);
}

}  // namespace tollgate
