#include "api/model_calls.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/answer_fields.h"
#include "api/error_reply.h"
#include "api/http_incoming.h"
#include "gateway/attempts/language.h"

namespace tollgate {
namespace {

void add_common(AnswerFields& fields, const Exchange& x) {
  add_request_id(fields, x.row.id);
  add_story(fields, x.row);
  if (!x.dropped.empty()) fields.add_copy("x-tollgate-dropped", fmt::format("{}", fmt::join(x.dropped, ", ")));
  if (x.door.dialect->name() == "anthropic_messages") fields.add_copy("request-id", to_string(x.row.id));
  if (!x.upstream_request_id.empty()) fields.add("x-tollgate-upstream-request-id", x.upstream_request_id);
}

Task<void> send_whole(http::ServerExchange& http, const Exchange& x, const Answer& answer) {
  AnswerFields fields;
  if (!answer.content_type.empty()) fields.add("content-type", answer.content_type);
  add_common(fields, x);
  add_cost(fields, x.row);
  std::string_view parts[] = {answer.whole};
  http::AnswerHead head{.status = answer.status, .fields = fields.all()};
  [[maybe_unused]] auto sent = co_await http.answer(head, parts);
}

// What is left to say when the end of a stream could not be made durable.
Task<void> send_failure(http::ServerExchange& http, const Exchange& x, const Error& error) {
  std::string event;
  AnswerFacts facts = facts_of(x, 0);
  auto writer = x.door.own_writer != nullptr ? x.door.own_writer(facts) : x.door.dialect->event_writer(facts);
  writer->write(StreamFailed{error}, event);
  std::string_view parts[] = {event};
  [[maybe_unused]] auto sent = co_await http.finish(parts);
}

// Not a coroutine: its fields need not live as long as the stream.
void start_stream(http::ServerExchange& http, const Exchange& x) {
  AnswerFields fields;
  fields.add("content-type", content_type_of(x.door.framing));
  fields.add("cache-control", "no-cache");
  add_common(fields, x);
  http.start({.status = 200, .fields = fields.all()});
}

Task<void> send_stream(http::ServerExchange& http, const Exchange& x, StreamedAnswer& stream) {
  start_stream(http, x);
  while (!stream.last()) {
    auto piece = co_await stream.next();
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
  }
  co_await stream.close();
}

}  // namespace

Task<void> serve_model_call(http::ServerExchange& http, std::string_view query, Worker& worker, Door door) {
  Pipeline pipeline(worker);
  auto held = worker.snapshot.get();
  HttpIncoming incoming(http, query, **held);
  auto exchange = pipeline.open(incoming, door);
  auto answer = co_await pipeline.run(*exchange);
  if (!answer) {
    const RequestRow* row = exchange->key == nullptr ? nullptr : &exchange->row;
    co_await reply_error(http, answer.error(), exchange->row.id, row, *door.dialect);
  } else if (answer->stream == nullptr) {
    co_await send_whole(http, *exchange, *answer);
  } else {
    co_await send_stream(http, *exchange, *answer->stream);
  }
}

}  // namespace tollgate
