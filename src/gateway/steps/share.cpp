#include "gateway/steps/share.h"

#include "crypto/hash.h"
#include "gateway/steps/pin.h"

namespace tollgate {
namespace {

constexpr auto look_every = milliseconds(5);

SharedAnswers::Digest digest_of(const Exchange& x) {
  std::string asked;
  asked.append(x.door.endpoint).append(1, '\0').append(x.door.path_model).append(1, '\0').append(x.call.body);
  auto digest = crypto::sha256(asked);
  SharedAnswers::Digest out{};
  std::copy_n(reinterpret_cast<const unsigned char*>(digest.data()), out.size(), out.begin());
  return out;
}

std::unexpected<Error> conflict() {
  Error error{.fault = Fault::invalid_request, .detail = "this idempotency key stands for another call", .param = "idempotency-key", .code = "idempotency_key_conflict"};
  error.http_status = 409;
  return fail(std::move(error));
}

SharedAnswer shared_of(const Exchange& x, int status, std::string_view content_type, std::string body) {
  return {.status = status,
          .content_type = std::string(content_type),
          .body = std::move(body),
          .provider = x.row.provider,
          .model = x.row.model,
          .region = x.row.region,
          .price_id = x.row.price_id,
          .cost = x.row.cost};
}

}  // namespace

Task<Result<std::shared_ptr<const SharedAnswer>>> share(Exchange& x, Worker& worker) {
  using Shared = std::shared_ptr<const SharedAnswer>;
  bool idempotent = !x.idempotency.empty();
  if (worker.shared == nullptr || (!idempotent && !x.route->single_flight)) co_return Shared();
  SharedAnswers::Digest body = digest_of(x);
  std::string name = (idempotent ? "key " : "call ") + tenant_of(*x.key) + '\0';
  if (idempotent)
    name += x.idempotency;
  else
    name.append(reinterpret_cast<const char*>(body.data()), body.size());
  auto keep = idempotent ? SharedAnswers::Keep::for_a_day : SharedAnswers::Keep::while_asked;
  for (;;) {
    auto found = worker.shared->enter(name, body, keep, worker.reactor.now());
    if (found.other_body) co_return conflict();
    if (found.answer) co_return found.answer;
    x.leading = std::move(found.leading);
    if (x.leading.leads() || found.no_room) co_return Shared();
    for (bool gone = false; !gone;) {
      Wake wake = co_await sleep(x.wait().at_most(worker.reactor.now() + look_every));
      if (wake == Wake::cancelled) co_return fail(Fault::client_gone, "the client left");
      if (worker.reactor.now() >= x.deadline) co_return fail(Fault::deadline, "the call that this one shares took too long");
      x.elsewhere += look_every;
      if (auto answer = worker.shared->look(name, gone)) co_return answer;
    }
  }
}

Answer retell(Exchange& x, std::shared_ptr<const SharedAnswer> shared) {
  x.shared = std::move(shared);
  x.row.provider = x.shared->provider;
  x.row.model = x.shared->model;
  x.row.region = x.shared->region;
  x.row.price_id = x.shared->price_id;
  x.row.saved = x.shared->cost;
  x.row.cache = CacheResult::exact;
  Answer answer;
  answer.status = x.shared->status;
  answer.content_type = x.shared->content_type;
  answer.whole = x.shared->body;
  return answer;
}

void give_to_others(Exchange& x, const Answer& answer, Instant now) {
  if (x.leading.leads()) x.leading.give(shared_of(x, answer.status, answer.content_type, std::string(answer.whole)), now);
}

void note_for_others(Exchange& x, std::string_view bytes) {
  if (x.handed.size() + bytes.size() > SharedAnswers::answer_bytes_max) return x.leading.give_up();
  x.handed += bytes;
}

void give_stream_to_others(Exchange& x, Instant now) {
  if (x.leading.leads()) x.leading.give(shared_of(x, 200, content_type_of(x.door.framing), std::move(x.handed)), now);
}

}  // namespace tollgate
