#include "gateway/batch_charge.h"

#include "gateway/attempts/attempt.h"
#include "gateway/attempts/judge.h"
#include "gateway/attempts/meter.h"
#include "gateway/durable.h"
#include "gateway/settlement.h"
#include "gateway/steps/admit.h"
#include "gateway/steps/understand_batch.h"
#include "identity/authorize.h"

namespace tollgate {
namespace {

const ProviderKey* key_of(const Target& target, std::string_view name) {
  for (const ProviderKey& key : target.keys)
    if (key.name == name) return &key;
  return nullptr;
}

}  // namespace

Task<Result<void>> charge_batch(Exchange& x, Worker& worker, const ProviderObject& batch, const Usage& used) {
  auto route = x.snapshot().passthrough.find(batch.provider);
  if (route == x.snapshot().passthrough.end()) co_return fail(Fault::not_found, "its provider is no longer configured");
  const Target& target = *route->second.targets[0];
  const ProviderKey* key = key_of(target, batch.key);
  TG_CO_TRY_VOID(attribute(*x.key, x.claims, x.row.attribution));
  x.account = batch;
  x.door.provider = x.account->provider;
  x.route = &route->second;
  const Route* asked = x.snapshot().routes.find(batch.work.model);
  x.row.route = asked != nullptr ? asked->name : x.route->name;
  x.call.model = batch.work.model;
  x.open_model = x.call.model;
  price_as_batch(x, target);
  x.reservation = reserve_what_is_owed(x, target);
  TG_CO_TRY_VOID(write_intent(x, worker, target, key));
  Try& only = x.tries[0];
  only.target = &target;
  only.key = key;
  open_attempt_row(x, worker, only);
  AttemptRow& row = x.row_of(only);
  row.http_status = 200;
  row.phase = AttemptPhase::done;
  Meter(x, target).measure(used, 0, 0, row);
  close_attempt(x, worker, only);
  TG_CO_TRY_VOID(settle(x, worker, {RowStatus::ok, 200, {}}));
  co_return co_await durable(worker);
}

}  // namespace tollgate
