#include "api/count_tokens.h"

#include "api/error_reply.h"
#include "api/health.h"
#include "api/http_incoming.h"
#include "gateway/counting/counted_input.h"
#include "gateway/steps/identify.h"
#include "identity/authorize.h"

namespace tollgate {
namespace {

constexpr auto count_within = seconds(60);

Task<Result<Tokens>> count(HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker, const Door& door) {
  TG_CO_TRY(key, find_caller(incoming, snapshot, worker));
  TG_CO_TRY(body, co_await incoming.body());
  TG_CO_TRY(call, door.dialect->view({.operation = door.operation, .body = body, .path_model = door.path_model}));
  TG_CO_TRY_VOID(check_model(*key, call.model));
  const Route* route = snapshot.routes.find(call.model);
  if (route == nullptr) co_return fail(Fault::model_not_found, "there is no model of this name", "model");
  const Target& first = *route->targets.front();
  std::string_view model = first.model.empty() ? std::string_view(call.model) : std::string_view(first.model);
  PromptReader reader = reader_at(snapshot, first, model);
  if (!is_long(call)) co_return count_prompt(call, reader).tokens;
  TG_CO_TRY(counted, co_await count_long_prompt(call, reader, {worker.reactor.now() + count_within, &incoming.gone()}));
  co_return counted.tokens;
}

}  // namespace

Task<void> serve_token_count(http::ServerExchange& exchange, std::string_view query, Worker& worker, Door door, RequestId id) {
  auto held = worker.snapshot.get();
  HttpIncoming incoming(exchange, query, **held);
  auto counted = co_await count(incoming, **held, worker, door);
  if (!counted) co_return co_await reply_error(exchange, counted.error(), id, nullptr, *door.dialect);
  std::string body;
  door.dialect->write_token_count(*counted, body);
  co_await reply_json(exchange, 200, body, id);
}

}  // namespace tollgate
