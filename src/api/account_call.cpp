#include "api/account_call.h"

#include "api/answer_fields.h"
#include "dialects/all.h"
#include "gateway/attempts/judge.h"

namespace tollgate {
namespace {

constexpr std::size_t answer_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t refusal_bytes_max = 256 * 1024;
constexpr auto answer_within = seconds(60);
constexpr auto silence_max = seconds(30);

const ProviderKey* key_of(const Target& target, std::string_view name) {
  for (const ProviderKey& key : target.keys)
    if (key.name == name) return &key;
  return nullptr;
}

}  // namespace

Task<Result<std::unique_ptr<ProviderAnswer>>> ask_account(HttpIncoming& incoming, const Snapshot& snapshot, Worker& worker,
                                                          const ProviderObject& object, const AccountCall& question) {
  auto route = snapshot.passthrough.find(object.provider);
  if (route == snapshot.passthrough.end()) co_return fail(Fault::not_found, "its provider is no longer configured");
  const Target& target = *route->second.targets[0];
  ProviderCall call{.target = target,
                    .key = key_of(target, object.key),
                    .path = question.path,
                    .method = incoming.method(),
                    .content_type = question.content_type,
                    .accept = "*/*",
                    .body = question.body,
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
  if (answer->status() == 404) co_return fail(Fault::not_found, "the provider has it no longer");
  auto body = co_await answer->whole(refusal_bytes_max, wait, target.timeouts.idle);
  co_return fail(judge_refusal(*answer, *find_dialect(question.language), body.value_or(std::string_view()), worker.reactor.wall()));
}

Task<Result<std::string_view>> whole_body(ProviderAnswer& answer, HttpIncoming& incoming, Worker& worker) {
  Wait wait{worker.reactor.now() + answer_within, &incoming.gone()};
  co_return co_await answer.whole(answer_bytes_max, wait, silence_max);
}

Task<void> pass_on(http::ServerExchange& exchange, const ProviderAnswer& answer, std::string_view body, RequestId id) {
  AnswerFields fields;
  std::string_view type = find_header(answer, "content-type");
  fields.add("content-type", type.empty() ? "application/json" : type);
  add_request_id(fields, id);
  std::string_view parts[] = {body};
  http::AnswerHead head{.status = answer.status(), .fields = fields.all()};
  [[maybe_unused]] auto sent = co_await exchange.answer(head, parts);
}

Task<void> reply_json(http::ServerExchange& exchange, std::string_view body, RequestId id) {
  AnswerFields fields;
  fields.add("content-type", "application/json");
  add_request_id(fields, id);
  std::string_view parts[] = {body};
  http::AnswerHead head{.status = 200, .fields = fields.all()};
  [[maybe_unused]] auto sent = co_await exchange.answer(head, parts);
}

}  // namespace tollgate
