#include "api/model_port.h"

#include "api/error_reply.h"
#include "api/health.h"
#include "api/model_calls.h"
#include "api/models.h"
#include "api/routes.h"
#include "api/usage.h"
#include "dialects/openai_chat/errors.h"

namespace tollgate {
namespace {

enum Action { chat, completions, embeddings, models, model, usage, live, ready };

constexpr RouteRow table[] = {
    {"POST", "/v1/chat/completions", chat},
    {"POST", "/v1/completions", completions},
    {"POST", "/v1/embeddings", embeddings},
    {"GET", "/v1/models", models},
    {"GET", "/v1/models/*", model},
    {"GET", "/v1/usage", usage},
    {"GET", "/livez", live},
    {"GET", "/readyz", ready},
};

constexpr std::size_t path_bytes_max = 8 * 1024;

RequestId fresh_id(Worker& worker) { return worker.ids.next(worker.reactor.wall(), worker.reactor.random().next()); }

}  // namespace

Task<void> ModelPort::serve(http::ServerExchange& exchange) {
  using openai_chat::Endpoint;
  Worker& worker = doors_.worker;
  std::array<char, 256> small;
  Buffer large;
  if (exchange.head().origin.size() > small.size()) large = Buffer(path_bytes_max);
  auto found = find_route(table, exchange.head(), large.empty() ? std::span<char>(small) : large.from(0));
  if (!found) {
    co_await reply_error(exchange, found.error(), fresh_id(worker), nullptr);
    co_return;
  }
  switch (found->action) {
    case chat: co_return co_await serve_model_call(exchange, found->query, worker, Endpoint::chat);
    case completions: co_return co_await serve_model_call(exchange, found->query, worker, Endpoint::completions);
    case embeddings: co_return co_await serve_model_call(exchange, found->query, worker, Endpoint::embeddings);
    case models: co_return co_await serve_models(exchange, found->query, worker, fresh_id(worker));
    case model: co_return co_await serve_model(exchange, found->rest, found->query, worker, fresh_id(worker));
    case usage: co_return co_await serve_usage(exchange, found->query, doors_, fresh_id(worker));
    case live: co_return co_await serve_health(exchange, {});
    case ready: co_return co_await serve_health(exchange, doors_.ready());
  }
}

http::Handler::RefusalAnswer ModelPort::refuse(const http::Refusal& refusal) {
  RefusalAnswer answer;
  openai_chat::append_error(answer.body, error_of(refusal));
  answer.request_id = to_string(fresh_id(doors_.worker));
  return answer;
}

}  // namespace tollgate
