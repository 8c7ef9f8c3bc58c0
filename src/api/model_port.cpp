#include "api/model_port.h"

#include "api/batches.h"
#include "api/count_tokens.h"
#include "api/error_reply.h"
#include "api/files.h"
#include "api/health.h"
#include "api/model_calls.h"
#include "api/models.h"
#include "api/routes.h"
#include "api/stored_responses.h"
#include "api/usage.h"
#include "net/http1/target.h"
#include "dialects/openai_errors.h"

namespace tollgate {
namespace {

enum Action { models, model, usage, live, ready, stored, files, batches, new_batch };

// What is asked of a model comes in through the doors of dialects/door.cpp.
constexpr RouteRow table[] = {
    {"GET", "/v1/models", models},
    {"GET", "/v1/models/*", model},
    {"GET", "/v1beta/models", models},
    {"GET", "/api/tags", models},
    {"GET", "/v1/responses/*", stored},
    {"DELETE", "/v1/responses/*", stored},
    {"POST", "/v1/responses/*", stored},
    {"POST", "/v1/files", files},
    {"GET", "/v1/files", files},
    {"GET", "/v1/files/*", files},
    {"DELETE", "/v1/files/*", files},
    {"POST", "/v1/batches", new_batch},
    {"GET", "/v1/batches", batches},
    {"GET", "/v1/batches/*", batches},
    {"POST", "/v1/batches/*", batches},
    {"GET", "/v1/usage", usage},
    {"GET", "/livez", live},
    {"GET", "/readyz", ready},
};

constexpr std::size_t path_bytes_max = 8 * 1024;

std::string_view behind(std::string_view path, std::string_view front) { return path.substr(front.size()); }

RequestId fresh_id(Worker& worker) { return worker.ids.next(worker.reactor.wall(), worker.reactor.random().next()); }

}  // namespace

Task<void> ModelPort::serve(http::ServerExchange& exchange) {
  Worker& worker = doors_.worker;
  std::array<char, 256> small;
  Buffer large;
  std::string_view origin = exchange.head().origin;
  if (origin.size() > small.size()) large = Buffer(path_bytes_max);
  std::span<char> room = large.empty() ? std::span<char>(small) : large.from(0);
  auto read = http::read_path(origin.empty() ? "/" : origin, room);
  auto door = read ? find_door(read->path, read->query) : std::nullopt;
  if (door) co_return co_await serve_door(exchange, *door, read->query);
  auto found = find_route(table, exchange.head(), room);
  if (!found) co_return co_await reply_error(exchange, found.error(), fresh_id(worker), nullptr);
  switch (found->action) {
    case models: co_return co_await serve_models(exchange, found->path, found->query, worker, fresh_id(worker));
    case model: co_return co_await serve_model(exchange, found->rest, found->query, worker, fresh_id(worker));
    case stored: co_return co_await serve_stored_response(exchange, found->rest, found->query, worker, fresh_id(worker));
    case files: co_return co_await serve_files(exchange, behind(found->path, "/v1/files"), found->query, worker, fresh_id(worker));
    case batches:
      co_return co_await serve_batches(exchange, behind(found->path, "/v1/batches"), found->query, worker, doors_.batches, fresh_id(worker));
    case new_batch: co_return co_await serve_model_call(exchange, found->query, worker, batch_door());
    case usage: co_return co_await serve_usage(exchange, found->query, doors_, fresh_id(worker));
    case live: co_return co_await serve_health(exchange, {});
    case ready: co_return co_await serve_health(exchange, doors_.ready());
  }
}

Task<void> ModelPort::serve_door(http::ServerExchange& exchange, Door door, std::string_view query) {
  if (!door.takes(exchange.head().method)) {
    Error error{.fault = Fault::method_not_allowed, .detail = "this path does not answer to this method", .param = "POST"};
    co_return co_await reply_error(exchange, error, fresh_id(doors_.worker), nullptr, *door.dialect);
  }
  if (door.operation == Operation::count_tokens)
    co_return co_await serve_token_count(exchange, query, doors_.worker, door, fresh_id(doors_.worker));
  co_await serve_model_call(exchange, query, doors_.worker, door);
}

http::Handler::RefusalAnswer ModelPort::refuse(const http::Refusal& refusal) {
  RefusalAnswer answer;
  openai::append_error(answer.body, error_of(refusal));
  answer.request_id = to_string(fresh_id(doors_.worker));
  return answer;
}

}  // namespace tollgate
