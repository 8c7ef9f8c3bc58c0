#include "api/count_tokens.h"

#include "api/error_reply.h"
#include "api/health.h"
#include "api/http_incoming.h"
#include "gateway/counted_input.h"
#include "gateway/steps/identify.h"
#include "identity/authorize.h"

namespace tollgate {
namespace {

Task<Result<Tokens>> count(HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker, const Door& door) {
  TG_CO_TRY(key, find_caller(incoming, snapshot, worker));
  TG_CO_TRY(body, co_await incoming.body());
  TG_CO_TRY(call, door.dialect->view({.operation = door.operation, .body = body, .path_model = door.path_model}));
  TG_CO_TRY_VOID(check_model(*key, call.model));
  const Route* route = snapshot.routes.find(call.model);
  if (route == nullptr) co_return fail(Fault::model_not_found, "there is no model of this name", "model");
  const Target& first = *route->targets.front();
  std::string_view model = first.model.empty() ? std::string_view(call.model) : std::string_view(first.model);
  co_return count_prompt(call, model, snapshot.facts[first.index].calibration.get(), tokenizer_for(snapshot, first, model).get()).tokens;
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
