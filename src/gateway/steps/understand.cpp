#include "gateway/steps/understand.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "identity/authorize.h"

namespace tollgate {
namespace {

Result<void> check_content_type(const Incoming& incoming) {
  for (std::size_t i = 0; i < incoming.header_count(); ++i) {
    HeaderView header = incoming.header(i);
    if (!iequals(header.name, "content-type")) continue;
    std::string_view type = trimmed(header.value.substr(0, header.value.find(';')));
    bool json = iequals(type, "application/json") || (type.size() > 5 && iequals(type.substr(type.size() - 5), "+json"));
    if (!json) return fail(Fault::unsupported_media_type, "the body must be application/json", "content-type");
  }
  return {};
}

Result<void> find_route(Exchange& x) {
  std::string_view model = x.request.model();
  TG_TRY_VOID(check_model(*x.key, model));
  x.route = x.snapshot().routes.find(model);
  if (x.route == nullptr) return fail(Fault::model_not_found, "there is no model of this name", "model");
  // The route's own name: what callers make up must not fill the dictionary of names.
  x.row.route = x.route->name;
  if (x.route->open) x.open_model = model.substr(x.route->name.size() - 1);
  x.plan = make_plan(*x.route);
  x.deadline = std::min(x.deadline, x.began + x.route->total);
  return {};
}

}  // namespace

Task<Result<void>> understand(Exchange& x) {
  TG_CO_TRY_VOID(check_content_type(*x.incoming));
  TG_CO_TRY(body, co_await x.incoming->body());
  TG_CO_TRY(request, openai_chat::read_request(x.endpoint, body));
  x.request = std::move(request);
  x.row.stream = x.request.stream;
  if (!x.request.user().empty()) x.claims.body_user = x.request.user();
  TG_CO_TRY_VOID(attribute(*x.key, x.claims, x.row.attribution));
  co_return find_route(x);
}

}  // namespace tollgate
