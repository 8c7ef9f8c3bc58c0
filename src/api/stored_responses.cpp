#include "api/stored_responses.h"

#include "api/answer_fields.h"
#include "api/error_reply.h"
#include "api/http_incoming.h"
#include "dialects/all.h"
#include "dialects/passthrough.h"
#include "gateway/attempts/judge.h"
#include "gateway/steps/identify.h"
#include "gateway/steps/pin.h"

namespace tollgate {
namespace {

constexpr std::size_t answer_bytes_max = 64 * 1024 * 1024;
constexpr auto answer_within = seconds(60);

struct Asked {
  std::string_view id, more;  // more: "", "cancel", "input_items"
};

Result<Asked> read_rest(std::string_view rest, std::string_view method) {
  std::size_t slash = rest.find('/');
  Asked asked{rest.substr(0, slash), slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1)};
  bool known = (asked.more.empty() && method != "POST") || (asked.more == "cancel" && method == "POST") || (asked.more == "input_items" && method == "GET");
  if (!known) return fail(Fault::not_found, "there is no such path");
  return asked;
}

std::unexpected<Error> not_found() { return fail(Fault::not_found, "there is no such response", "response_id"); }

const ProviderKey* key_of(const Target& target, std::string_view name) {
  for (const ProviderKey& key : target.keys)
    if (key.name == name) return &key;
  return nullptr;
}

// The answer of the provider that has it. `path` outlives the answer.
Task<Result<std::unique_ptr<ProviderAnswer>>> ask(HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker, const Asked& asked,
                                                  std::string_view path) {
  TG_CO_TRY(key, find_caller(incoming, snapshot, worker.reactor.wall()));
  auto home = worker.responses == nullptr ? std::nullopt : worker.responses->find(asked.id, tenant_of(*key));
  if (!home) co_return not_found();
  auto route = snapshot.passthrough.find(home->provider);
  if (route == snapshot.passthrough.end()) co_return not_found();
  const Target& target = *route->second.targets[0];
  ProviderCall call{.target = target,
                    .key = key_of(target, home->key),
                    .path = path,
                    .method = incoming.method(),
                    .content_type = {},
                    .accept = "application/json",
                    .body = {},
                    .headers = {}};
  Instant now = worker.reactor.now();
  Wait wait{now + target.timeouts.total, &incoming.gone()};
  CallWaits waits{wait.at_most(now + target.timeouts.connect), wait.at_most(now + target.timeouts.first_token)};
  AttemptPhase phase = AttemptPhase::connect;
  TG_CO_TRY(answer, co_await worker.provider.ask(call, waits, phase));
  if (answer->status() < 400) {
    TG_CO_TRY_VOID(judge_passed_head(*answer));
    co_return std::move(answer);
  }
  if (answer->status() == 404) co_return not_found();
  auto body = co_await answer->whole(answer_bytes_max, wait, target.timeouts.idle);
  co_return fail(judge_refusal(*answer, *find_dialect("openai_responses"), body.value_or(std::string_view()), worker.reactor.wall()));
}

}  // namespace

Task<void> serve_stored_response(http::ServerExchange& exchange, std::string_view rest, std::string_view query, Worker& worker, RequestId id) {
  auto held = worker.snapshot.get();
  HttpIncoming incoming(exchange, query, **held);
  const Dialect& dialect = *find_dialect("openai_responses");
  auto asked = read_rest(rest, incoming.method());
  if (!asked) co_return co_await reply_error(exchange, asked.error(), id, nullptr, dialect);
  std::string path = "/responses" + passed_path(incoming.target());  // with its query, without a credential of ours
  auto answer = co_await ask(incoming, **held, worker, *asked, path);
  if (!answer) co_return co_await reply_error(exchange, answer.error(), id, nullptr, dialect);
  Wait wait{worker.reactor.now() + answer_within, &incoming.gone()};
  auto body = co_await (*answer)->whole(answer_bytes_max, wait, seconds(30));
  if (!body) co_return co_await reply_error(exchange, body.error(), id, nullptr, dialect);
  if (incoming.method() == "DELETE") worker.responses->forget(asked->id);
  AnswerFields fields;
  std::string_view type = find_header(**answer, "content-type");
  fields.add("content-type", type.empty() ? "application/json" : type);
  add_request_id(fields, id);
  std::string_view parts[] = {*body};
  http::AnswerHead head{.status = (*answer)->status(), .fields = fields.all()};
  [[maybe_unused]] auto sent = co_await exchange.answer(head, parts);
}

}  // namespace tollgate
