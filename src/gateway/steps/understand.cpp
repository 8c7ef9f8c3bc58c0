#include "gateway/steps/understand.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "crypto/hash.h"
#include "dialects/openai_media.h"
#include "gateway/steps/understand_passthrough.h"
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

openai_chat::Endpoint endpoint_of(Operation operation) {
  switch (operation) {
    case Operation::completions: return openai_chat::Endpoint::completions;
    case Operation::embeddings: return openai_chat::Endpoint::embeddings;
    default: return openai_chat::Endpoint::chat;
  }
}

// Of OpenAI's family, whose bytes pass most often: without a new text for each call.
Result<void> read_openai(Exchange& x, std::string_view body) {
  TG_TRY(request, openai_chat::read_request(endpoint_of(x.door.operation), body));
  x.openai = std::move(request);
  CallView& call = x.call;
  call.operation = x.door.operation;
  call.body = body;
  call.root = x.openai.root;
  call.model_value = x.openai.model_value;
  call.model = x.openai.model();
  call.user = x.openai.user();
  call.stream = x.openai.stream;
  call.include_usage = x.openai.include_usage;
  call.has_tools = x.openai.has_tools;
  call.max_output = x.openai.max_output;
  call.answers = x.openai.answers();
  call.input_bound = x.openai.input_bound;
  call.picture_bound = openai::max_image_tokens;
  return {};
}

bool goes_aside(const Exchange& x) {
  std::string_view who = !x.row.attribution.user.empty() ? std::string_view(x.row.attribution.user) : !x.session.empty() ? x.session : std::string_view(x.row.key);
  return is_split_off(*x.route, who);
}

}  // namespace

bool is_split_off(const Route& route, std::string_view who) {
  if (route.split_to == nullptr) return false;
  constexpr std::size_t whole = 10'000;
  auto digest = crypto::sha256(route.name + '\n' + std::string(who));
  std::size_t lot = 0;
  for (std::size_t i = 0; i < 4; ++i) lot = lot << 8 | static_cast<unsigned char>(digest[i]);
  return lot % whole < static_cast<std::size_t>(route.split_share.basis_points);
}

Result<void> read_call(Exchange& x, std::string_view body) {
  if (x.door.speaks_openai()) return read_openai(x, body);
  TG_TRY(call, x.door.dialect->view({.operation = x.door.operation,
                                     .body = body,
                                     .path_model = x.door.path_model,
                                     .path_stream = x.door.path_stream}));
  x.call = std::move(call);
  return {};
}

Result<void> find_route(Exchange& x) {
  std::string_view model = x.call.model;
  TG_TRY_VOID(check_model(*x.key, model));
  x.route = x.snapshot().routes.find(model);
  if (x.route == nullptr) return fail(Fault::model_not_found, "there is no model of this name", "model");
  // The route's own name: what callers make up must not fill the dictionary of names.
  x.row.route = x.route->name;
  if (goes_aside(x)) x.route = x.route->split_to;
  if (x.route->open) x.open_model = model.substr(x.route->name.size() - 1);
  x.deadline = std::min(x.deadline, x.began + x.route->total);
  return {};
}

Task<Result<void>> understand(Exchange& x, const ProviderObjects* objects) {
  if (x.door.operation == Operation::passthrough) co_return co_await understand_passthrough(x, objects);
  TG_CO_TRY_VOID(check_content_type(*x.incoming));
  TG_CO_TRY(body, co_await x.incoming->body());
  x.asked = body;
  TG_CO_TRY_VOID(read_call(x, body));
  x.row.stream = x.call.stream;
  if (!x.call.user.empty()) x.claims.body_user = x.call.user;
  if (x.door.dialect->name() == "anthropic_messages") x.claims.body_user_field = "metadata.user_id";
  TG_CO_TRY_VOID(attribute(*x.key, x.claims, x.row.attribution));
  co_return find_route(x);
}

}  // namespace tollgate
