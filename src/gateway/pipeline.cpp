#include "gateway/pipeline.h"

#include <tuple>

#include "gateway/audited.h"
#include "gateway/durable.h"
#include "gateway/explanation.h"
#include "gateway/settlement.h"
#include "gateway/shadow.h"
#include "gateway/steps/admit.h"
#include "gateway/steps/answer.h"
#include "gateway/steps/choose.h"
#include "gateway/steps/identify.h"
#include "gateway/steps/recall.h"
#include "gateway/steps/share.h"
#include "gateway/steps/understand.h"

namespace tollgate {
namespace {

// What passes unread is a stream only when its answer says so.
void announce_stream(Exchange& exchange) {
  bool flows = exchange.call.stream && exchange.door.operation != Operation::passthrough;
  if (flows && exchange.route->heartbeat) exchange.incoming->stream_comes(*exchange.route->heartbeat);
}

}  // namespace

Task<Result<Answer>> Pipeline::story(Exchange& exchange) const {
  TG_CO_TRY_VOID(identify(exchange, worker_));
  if (exchange.dry_run) co_return co_await explained(exchange);
  TG_CO_TRY_VOID(check_audit(worker_));
  TG_CO_TRY_VOID(co_await understand(exchange, worker_.objects));
  TG_CO_TRY(shared, co_await share(exchange, worker_));
  if (shared != nullptr) {
    Answer retold = retell(exchange, std::move(shared));
    TG_CO_TRY_VOID(co_await settled(exchange, retold));
    co_return std::move(retold);
  }
  TG_CO_TRY_VOID(recall_conversation(exchange, worker_.conversations));
  TG_CO_TRY_VOID(co_await choose(exchange, worker_));
  TG_CO_TRY_VOID(co_await admit(exchange, worker_));
  announce_stream(exchange);
  cast_shadow(exchange, worker_);
  TG_CO_TRY(given, co_await answer(exchange, worker_));
  TG_CO_TRY_VOID(co_await settled(exchange, given));
  co_return std::move(given);
}

// Nothing is sent, charged or recorded.
Task<Answer> Pipeline::explained(Exchange& exchange) const {
  exchange.shown->outgoing = co_await explain(exchange, {.now = worker_.reactor.now(),
                                                  .random = worker_.reactor.random().next(),
                                                  .objects = worker_.objects,
                                                  .conversations = worker_.conversations});
  Answer answer;
  answer.content_type = "application/json";
  answer.whole = exchange.shown->outgoing;
  co_return answer;
}

Task<Result<Answer>> Pipeline::run(Exchange& exchange) const {
  auto given = co_await story(exchange);
  if (given) co_return std::move(given);
  Error error = std::move(given).error();
  exchange.leading.give_up();
  if (exchange.key == nullptr) audit_stranger(*exchange.incoming, exchange.door.endpoint, error, worker_);
  if (exchange.recorded) co_return fail(std::move(error));  // whole and settled, but not durable in time
  auto recorded = settle(exchange, worker_, failed(error, exchange.attempt_count > 0));
  if (!recorded) co_return fail(std::move(recorded).error());
  if (exchange.intent_written)
    std::ignore = co_await durable(worker_);
  co_return fail(std::move(error));
}

// A stream settles when it ends; a whole answer before its first byte goes out.
Task<Result<void>> Pipeline::settled(Exchange& exchange, const Answer& given) const {
  if (given.stream != nullptr) co_return Result<void>{};
  exchange.bytes_out = given.whole.size();
  TG_CO_TRY_VOID(settle(exchange, worker_, {RowStatus::ok, given.status, {}}));
  TG_CO_TRY_VOID(co_await durable(worker_));
  give_to_others(exchange, given, worker_.reactor.now());
  co_return Result<void>{};
}

Worker::OwnedExchange Pipeline::open(Incoming& incoming, const Door& door) const {
  Reactor& reactor = worker_.reactor;
  auto exchange = worker_.take_exchange();
  exchange->incoming = &incoming;
  exchange->door = door;
  exchange->held = worker_.snapshot.get();
  exchange->began = reactor.now();
  exchange->row.id = worker_.ids.next(reactor.wall(), reactor.random().next());
  exchange->row.at = reactor.wall();
  exchange->row.endpoint = door.endpoint;
  exchange->row.dialect = door.dialect->name();
  return exchange;
}

}  // namespace tollgate
