#include "api/model_calls.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/answer_fields.h"
#include "api/error_reply.h"
#include "api/heartbeat.h"
#include "api/http_incoming.h"
#include "async/reactor.h"
#include "gateway/attempts/language.h"
#include "limits/state.h"

namespace tollgate {
namespace {

void add_common(AnswerFields& fields, const Exchange& x) {
  add_request_id(fields, x.row.id);
  add_story(fields, x.row);
  if (!x.shown->dropped.empty()) fields.add_copy("x-tollgate-dropped", fmt::format("{}", fmt::join(x.shown->dropped, ", ")));
  if (x.door.dialect->name() == "anthropic_messages") fields.add_copy("request-id", to_string(x.row.id));
  if (!x.shown->upstream_request_id.empty()) fields.add("x-tollgate-upstream-request-id", x.shown->upstream_request_id);
}

// What the limits in tokens and requests that concern the caller leave: of each kind the one with the least.
void add_limits(AnswerFields& fields, const Exchange& x) {
  const Policy& policy = *x.snapshot().limits;
  if (policy.limits().empty() || x.key == nullptr) return;
  const Attribution& who = x.row.attribution;
  Subject subject{x.row.key, who.team, who.user, who.feature, x.row.route, x.row.provider, &who.tags};
  WallTime now = Reactor::current().wall();
  auto [requests, tokens] = remaining_for(policy, subject, now);
  auto add = [&](const Remaining& of, std::string_view limit, std::string_view remaining, std::string_view reset) {
    if (of.limit == nullptr) return;
    fields.add_number(limit, of.limit->amount);
    fields.add_number(remaining, of.left.units);
    std::array<char, 32> text;
    auto end = fmt::format_to_n(text.data(), text.size(), "{}ms", std::max<std::int64_t>((of.resets_at - now).count() / 1'000'000, 0)).out;
    fields.add_copy(reset, {text.data(), static_cast<std::size_t>(end - text.data())});
  };
  add(requests, "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests");
  add(tokens, "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens");
}

Task<void> send_whole(http::ServerExchange& http, const Exchange& x, const Answer& answer) {
  AnswerFields fields;
  if (!answer.content_type.empty()) fields.add("content-type", answer.content_type);
  add_common(fields, x);
  if (!x.dry_run) add_cost(fields, x.row);
  add_limits(fields, x);
  std::string_view parts[] = {answer.whole};
  http::AnswerHead head{.status = answer.status, .fields = fields.all()};
  [[maybe_unused]] auto sent = co_await http.answer(head, parts);
}

std::unique_ptr<EventWriter> writer_of(const Exchange& x) {
  AnswerFacts facts = facts_of(x, *x.shown, 0);
  return x.door.own_writer != nullptr ? x.door.own_writer(facts) : x.door.dialect->event_writer(facts);
}

// What is left to say when a stream has begun and cannot end well.
Task<void> send_failure(http::ServerExchange& http, const Exchange& x, const Error& error) {
  std::string event;
  writer_of(x)->write(StreamFailed{error}, event);
  std::string_view parts[] = {event};
  [[maybe_unused]] auto sent = co_await http.finish(parts);
}

// Not a coroutine: its fields need not live as long as the stream.
void start_stream(http::ServerExchange& http, const Exchange& x) {
  AnswerFields fields;
  fields.add("content-type", content_type_of(x.door.framing));
  fields.add("cache-control", "no-cache");
  add_common(fields, x);
  add_limits(fields, x);
  http.start({.status = 200, .fields = fields.all()});
}

// Sends what the provider sends, until its end or the client's.
Task<void> send_stream(http::ServerExchange& http, const Exchange& x, StreamedAnswer& stream, Heartbeat& heartbeat) {
  if (!http.answered()) start_stream(http, x);
  while (!stream.last()) {
    auto piece = co_await stream.next();
    co_await heartbeat.hold();
    if (!piece) {
      if (piece.error().fault != Fault::client_gone) co_await send_failure(http, x, piece.error());
      co_return;
    }
    std::string_view parts[] = {*piece};
    bool last = stream.last();
    Result<void> sent;
    if (last)
      sent = co_await http.finish(parts);
    else
      sent = co_await http.send(parts);
    if (!sent) co_return;
    if (!last) heartbeat.release();
  }
  co_await stream.close();
}

// As SSE has them, and Anthropic's SDKs know them; other framings have none.
std::string_view beat_of(const Door& door) {
  if (door.framing != Framing::sse) return {};
  if (door.dialect->name() == "anthropic_messages") return "event: ping\ndata: {\"type\": \"ping\"}\n\n";
  return ": still there\n\n";
}

class ModelIncoming final : public HttpIncoming {
 public:
  ModelIncoming(http::ServerExchange& exchange, std::string_view query, const Snapshot& snapshot, Heartbeat& heartbeat, const Door& door)
      : HttpIncoming(exchange, query, snapshot), heartbeat_(heartbeat), beats_(!beat_of(door).empty()) {}
  void stream_comes(Duration silence) override {
    if (beats_) heartbeat_.begin(silence);
  }

 private:
  Heartbeat& heartbeat_;
  bool beats_;
};

Task<void> send(http::ServerExchange& http, Exchange& x, Result<Answer> answer, Heartbeat& heartbeat) {
  if (answer && answer->stream != nullptr) co_return co_await send_stream(http, x, *answer->stream, heartbeat);
  co_await heartbeat.hold();
  if (answer) co_return co_await send_whole(http, x, *answer);
  if (http.answered()) co_return co_await send_failure(http, x, answer.error());
  const RequestRow* row = x.key == nullptr ? nullptr : &x.row;
  bool by_a_limit = answer.error().fault == Fault::rate_limited || answer.error().fault == Fault::budget_exceeded;
  MoreFields more;
  if (by_a_limit) more = [&x](AnswerFields& fields) { add_limits(fields, x); };
  co_await reply_error(http, answer.error(), x.row.id, row, *x.door.dialect, std::move(more));
}

}  // namespace

Task<void> serve_model_call(http::ServerExchange& http, std::string_view query, Worker& worker, Door door) {
  Pipeline pipeline(worker);
  auto held = worker.snapshot.get();
  Exchange* opened = nullptr;
  Heartbeat heartbeat(http, beat_of(door), [&http, &opened] { start_stream(http, *opened); });
  ModelIncoming incoming(http, query, **held, heartbeat, door);
  auto exchange = pipeline.open(incoming, door);
  opened = exchange.get();
  {
    auto answer = co_await pipeline.run(*exchange);
    co_await send(http, *exchange, std::move(answer), heartbeat);
  }
  co_await heartbeat.end();
}

}  // namespace tollgate
