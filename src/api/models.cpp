#include "api/models.h"

#include "api/error_reply.h"
#include "api/health.h"
#include "api/http_incoming.h"
#include "dialects/all.h"
#include "dialects/openai_chat/models.h"
#include "gateway/steps/identify.h"
#include "identity/authorize.h"

namespace tollgate {
namespace {

const Dialect& list_dialect(const http::ServerExchange& exchange, std::string_view path) {
  if (path == "/v1beta/models") return *find_dialect("gemini");
  if (path == "/api/tags") return *find_dialect("ollama");
  bool anthropic = exchange.head().fields.find("anthropic-version").has_value();
  return *find_dialect(anthropic ? "anthropic_messages" : "openai_chat");
}

}  // namespace

Task<void> serve_models(http::ServerExchange& exchange, std::string_view path, std::string_view query, Worker& worker,
                        RequestId id) {
  auto held = worker.snapshot.get();
  HttpIncoming incoming(exchange, query, **held);
  auto key = find_caller(incoming, **held, worker);
  if (!key) co_return co_await reply_error(exchange, key.error(), id, nullptr);
  std::vector<std::string_view> names;
  for (const Route& route : (*held)->routes.routes()) {
    bool pattern = route.name.ends_with('*');
    if (!pattern && may_ask_for(**key, route.name)) names.push_back(route.name);
  }
  std::string body;
  list_dialect(exchange, path).write_model_list(names, body);
  co_await reply_json(exchange, 200, body, id);
}

Task<void> serve_model(http::ServerExchange& exchange, std::string_view name, std::string_view query, Worker& worker,
                       RequestId id) {
  auto held = worker.snapshot.get();
  HttpIncoming incoming(exchange, query, **held);
  auto key = find_caller(incoming, **held, worker);
  if (!key) co_return co_await reply_error(exchange, key.error(), id, nullptr);
  if (!may_ask_for(**key, name) || (*held)->routes.find(name) == nullptr) {
    Error error{.fault = Fault::model_not_found, .detail = "there is no model of this name", .param = "model"};
    co_return co_await reply_error(exchange, error, id, nullptr);
  }
  std::string body;
  openai_chat::append_model(body, {.name = name});
  co_await reply_json(exchange, 200, body, id);
}

}  // namespace tollgate
