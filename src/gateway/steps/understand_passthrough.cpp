#include "gateway/steps/understand_passthrough.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/fields.h"
#include "dialects/passthrough.h"
#include "gateway/steps/understand.h"
#include "gateway/steps/understand_batch.h"
#include "identity/authorize.h"

namespace tollgate {
namespace {

std::string_view content_type_of(const Incoming& incoming) {
  for (std::size_t i = 0; i < incoming.header_count(); ++i)
    if (HeaderView header = incoming.header(i); iequals(header.name, "content-type")) return header.value;
  return {};
}

// The model that OpenAI takes where the caller names none; empty: it must be named.
std::string_view usual_model(std::string_view endpoint) {
  if (endpoint == "/v1/moderations") return "omni-moderation-latest";
  return endpoint == "/v1/images/variations" ? "dall-e-2" : "";
}

// A key's models are asked for `provider/model`, as on an open route.
Result<void> find_provider(Exchange& x) {
  auto found = x.snapshot().passthrough.find(x.door.provider);
  if (found == x.snapshot().passthrough.end()) return fail(Fault::not_found, "there is no provider of this name", "provider");
  const auto& spoken = x.snapshot().facts[found->second.targets[0]->index].spoken;
  if (x.door.at_objects && std::find(spoken.begin(), spoken.end(), x.door.dialect) != spoken.end())
    return fail(Fault::not_found, "files, batches and stored responses have owners: ask /v1/files, /v1/batches, /v1/responses", "path");
  TG_TRY_VOID(check_model(*x.key, std::string(x.door.provider) + "/" + x.call.model));
  x.route = &found->second;
  x.row.route = x.route->name;
  x.open_model = x.call.model;
  x.deadline = std::min(x.deadline, x.began + x.route->total);
  return {};
}

Result<void> find_model(Exchange& x) {
  if (x.call.model.empty()) x.call.model = usual_model(x.door.endpoint);
  if (x.call.model.empty()) return missing_field("model");
  if (x.call.images == 0 && x.door.endpoint.starts_with("/v1/images/")) x.call.images = 1;
  return find_route(x);
}

}  // namespace

Task<Result<void>> understand_passthrough(Exchange& x, const ProviderObjects* objects) {
  TG_CO_TRY(body, co_await x.incoming->body());
  x.asked = body;
  TG_CO_TRY(view, view_passthrough(content_type_of(*x.incoming), body));
  x.call = std::move(view);
  TG_CO_TRY_VOID(attribute(*x.key, x.claims, x.row.attribution));
  if (x.door.endpoint == batches_endpoint) co_return understand_batch(x, objects);
  if (x.door.provider.empty()) co_return find_model(x);
  co_return find_provider(x);
}

}  // namespace tollgate
