#include "api/batches.h"

#include <vector>

#include "api/account_call.h"
#include "api/error_reply.h"
#include "api/files.h"
#include "dialects/all.h"
#include "dialects/batch_file.h"
#include "dialects/ndjson.h"
#include "gateway/batch_charge.h"
#include "gateway/pipeline.h"
#include "gateway/steps/identify.h"
#include "gateway/steps/pin.h"
#include "gateway/steps/understand_batch.h"

namespace tollgate {
namespace {

constexpr auto output_within = std::chrono::minutes(10);
constexpr auto charged_elsewhere = seconds(1);

std::unexpected<Error> not_found() { return fail(Fault::not_found, "there is no such batch", "batch_id"); }

// The lines of its output file, where the batch itself tells no usage.
Task<Result<Usage>> usage_of_output(HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker, const ProviderObject& batch,
                                    std::string_view file) {
  std::string path = "/files/" + std::string(file) + "/content";
  AccountCall call{.path = path};
  TG_CO_TRY(answer, co_await ask_account(incoming, snapshot, worker, batch, call));
  const auto& spoken = snapshot.facts[snapshot.passthrough.find(batch.provider)->second.targets[0]->index].spoken;
  Usage sum;
  NdjsonFramer lines;
  Wait wait{worker.reactor.now() + output_within, &incoming.gone()};
  for (bool over = false; !over;) {
    TG_CO_TRY(piece, co_await answer->next(wait));
    over = piece.empty();
    if (over)
      lines.finish();
    else
      lines.feed(piece);
    Frame line;
    while (lines.next(line))
      if (auto usage = usage_in_output_line(spoken, line.data)) sum += *usage;
    if (auto failure = lines.failure()) co_return fail(std::move(*failure));
  }
  co_return sum;
}

class Charging {
 public:
  Charging(ProviderObjects& objects, std::string_view id) : objects_(objects), id_(id), mine_(objects.begin_charge(id)) {}
  ~Charging() {
    if (mine_) objects_.end_charge(id_);
  }
  Charging(const Charging&) = delete;
  bool mine() const { return mine_; }

 private:
  ProviderObjects& objects_;
  std::string id_;
  bool mine_;
};

// The row that a charge was begun with may have got into the ledger before a crash, or not.
bool is_charged(const ProviderObject& batch, const BatchDoors& doors) {
  if (batch.charged) return true;
  auto row = parse_request_id(batch.charge);
  return row && doors.has_row(*row);
}

Task<Result<void>> charge(HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker, const BatchDoors& doors, ProviderObject batch,
                          const BatchState& state) {
  Charging charging(*worker.objects, state.id);
  if (!charging.mine()) co_return fail({.fault = Fault::unavailable, .detail = "the batch is being charged: ask again", .retry_after = charged_elsewhere});
  batch = *worker.objects->find(state.id, ObjectKind::batch, batch.tenant);
  if (batch.charged) co_return Result<void>{};
  if (!is_charged(batch, doors)) {
    Usage used = state.usage.value_or(Usage{});
    if (!state.usage && !state.output_file.empty()) {
      TG_CO_TRY(told, co_await usage_of_output(incoming, snapshot, worker, batch, state.output_file));
      used = told;
    }
    if (!state.model.empty()) batch.work.model = state.model;
    Pipeline pipeline(worker);
    Door door = batch_door();
    door.endpoint = batch_endpoint;
    auto exchange = pipeline.open(incoming, door);
    TG_CO_TRY_VOID(identify(*exchange, worker));
    batch.charge = to_string(exchange->row.id);
    worker.objects->keep(state.id, batch);
    TG_CO_TRY_VOID(doors.write_objects());
    TG_CO_TRY_VOID(co_await charge_batch(*exchange, worker, batch, used));
  }
  batch.charged = true;
  worker.objects->keep(state.id, batch);
  co_return doors.write_objects();
}

// Its output belongs to whose it is.
void keep_files(const BatchState& state, const ProviderObject& batch, ProviderObjects& objects) {
  for (const std::string& file : {state.output_file, state.error_file})
    objects.keep(file, {.kind = ObjectKind::file, .tenant = batch.tenant, .provider = batch.provider, .key = batch.key});
}

Task<Result<void>> serve(http::ServerExchange& exchange, HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker, std::string_view rest,
                         const BatchDoors& doors, RequestId id) {
  TG_CO_TRY(key, find_caller(incoming, snapshot, worker));
  std::string tenant = tenant_of(*key);
  if (rest.empty()) {
    OwnList wanted{"/batches", ObjectKind::batch, tenant};
    co_return co_await serve_own_list(exchange, incoming, worker, std::move(wanted), id);
  }
  std::string_view name = rest.substr(1, rest.find('/', 1) - 1), more = rest.substr(1 + name.size());
  bool known = (more.empty() && incoming.method() == "GET") || (more == "/cancel" && incoming.method() == "POST");
  if (!known) co_return fail(Fault::not_found, "there is no such path");
  auto batch = worker.objects->find(name, ObjectKind::batch, tenant);
  if (!batch) co_return not_found();
  std::string path = "/batches" + std::string(rest);
  AccountCall call{.path = path};
  TG_CO_TRY(answer, co_await ask_account(incoming, snapshot, worker, *batch, call));
  TG_CO_TRY(body, co_await whole_body(*answer, incoming, worker));
  auto state = read_batch(body);
  if (!state || state->id != name) co_return fail(Fault::upstream_protocol, "the provider's batch cannot be read");
  keep_files(*state, *batch, *worker.objects);
  if (state->over && !batch->charged) TG_CO_TRY_VOID(co_await charge(incoming, snapshot, worker, doors, *batch, *state));
  co_await pass_on(exchange, *answer, body, id);
  co_return Result<void>{};
}

}  // namespace

Door batch_door() {
  return {.dialect = find_dialect("openai_chat"), .operation = Operation::passthrough, .endpoint = batches_endpoint};
}

Task<void> serve_batches(http::ServerExchange& exchange, std::string_view rest, std::string_view query, Worker& worker, const BatchDoors& doors,
                         RequestId id) {
  auto held = worker.snapshot.get();
  HttpIncoming incoming(exchange, query, **held);
  auto served = co_await serve(exchange, incoming, **held, worker, rest, doors, id);
  if (!served) co_await reply_error(exchange, served.error(), id, nullptr);
}

}  // namespace tollgate
