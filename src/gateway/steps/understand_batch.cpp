#include "gateway/steps/understand_batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "dialects/fields.h"
#include "gateway/attempts/meter.h"
#include "gateway/steps/pin.h"
#include "identity/authorize.h"

namespace tollgate {
namespace {

constexpr std::string_view input_field = "input_file_id";

std::unexpected<Error> no_input() {
  return bad_field(input_field, "file_not_found", "there is no such file, or it was not given with the purpose 'batch'");
}

// A key's models are routes, or `provider/model`.
Result<void> check_batch_model(const VirtualKey& key, std::string_view provider, const std::string& model) {
  if (may_ask_for(key, model)) return {};
  return check_model(key, fmt::format("{}/{}", provider, model));
}

}  // namespace

void price_as_batch(Exchange& x, const Target& target) {
  const Price* price = price_of(x, target);
  if (price == nullptr) return;
  const Price& listed = price->of(ServiceTier::batch);
  int share = x.snapshot().facts[target.index].batch_percent;
  x.batch_price = &listed == price ? at_percent(*price, percent(share), "batch") : listed;
}

Result<void> understand_batch(Exchange& x, const ProviderObjects* objects) {
  std::string id = text_field(x.call.root, input_field);
  if (id.empty()) return missing_field(input_field);
  auto file = objects == nullptr ? std::nullopt : objects->find(id, ObjectKind::file, tenant_of(*x.key));
  if (!file || file->work.model.empty()) return no_input();
  auto route = x.snapshot().passthrough.find(file->provider);
  if (route == x.snapshot().passthrough.end()) return no_input();
  x.account = std::move(file);
  const BatchWork& work = x.account->work;
  TG_TRY_VOID(check_batch_model(*x.key, x.account->provider, work.model));
  x.door.provider = x.account->provider;
  x.route = &route->second;
  const Route* asked = x.snapshot().routes.find(work.model);
  x.row.route = asked != nullptr ? asked->name : x.route->name;
  x.call.model = work.model;
  x.call.model_value = {};
  x.call.stream = false;
  x.call.input_bound = Tokens{work.input};
  x.call.max_output.reset();
  x.call.answers = work.calls;
  if (work.output >= 0) {
    x.call.max_output = work.output;
    x.call.answers = 1;
  }
  x.open_model = x.call.model;
  x.deadline = std::min(x.deadline, x.began + x.route->total);
  price_as_batch(x, *x.route->targets[0]);
  return {};
}

}  // namespace tollgate
