#include "net/http_connection.h"

#include <cstring>

#include "async/reactor.h"
#include "net/http1/write.h"

namespace tollgate::http {
namespace {

constexpr auto linger_for = seconds(2);
constexpr std::size_t linger_bytes_max = 1024 * 1024;

Instant now() { return Reactor::current().now(); }

}  // namespace

Connection::Connection(Server& server, std::unique_ptr<ByteStream> stream)
    : server_(server), stream_(std::move(stream)) {
  server_.served_.push_back(*this);
}

Task<void> Connection::run() {
  while (co_await await_first_byte()) {
    ++server_.in_flight_;
    Next next = co_await serve_one();
    --server_.in_flight_;
    if (next == Next::close) break;
  }
  stream_->finish_writing();
}

// False when the connection is to be closed instead.
Task<bool> Connection::await_first_byte() {
  if (end_ > begin_) {  // pipelined: what came behind the last request
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    co_return true;
  }
  buffer_.release();
  begin_ = end_ = 0;
  Wait idle{now() + server_.limits_.idle_for, &server_.draining_};
  for (;;) {
    if (!stream_->has_pending()) {
      Wake wake = co_await stream_->readiness().readable(idle);
      if (wake != Wake::ready) co_return false;
    }
    if (buffer_.empty()) buffer_ = Buffer(Buffer::smallest);  // grows with heads that need it; a stream holds it to its end
    IoCount got = stream_->try_read(buffer_.from(0));
    if (got.state == IoCount::State::blocked) continue;
    end_ = got.count;
    co_return got.state == IoCount::State::moved;
  }
}

// The size of the head. An error without detail is a connection that ended; others were answered.
Task<Result<std::size_t>> Connection::read_head(RequestHead& head) {
  Wait wait{now() + server_.limits_.head_within, &gone};
  std::size_t resume = 0;
  for (;;) {
    ParseStatus parsed = parse_request_head(unread(), resume, head, server_.limits_.head);
    if (parsed.state == ParseState::complete) co_return parsed.head_bytes;
    if (parsed.state == ParseState::bad) {
      co_await refuse(parsed.refusal);
      co_return fail(Fault::invalid_request, {});
    }
    if (end_ == buffer_.size()) {
      Buffer larger(buffer_.size() * 2);
      std::memcpy(larger.data(), buffer_.data(), end_);
      buffer_ = std::move(larger);
    }
    auto got = co_await read_some(*stream_, buffer_.from(end_), wait);
    if (!got && got.error().fault == Fault::deadline)
      co_await refuse({408, "the head of the request did not come in time"});
    if (!got || *got == 0) co_return fail(Fault::client_gone, {});
    end_ += *got;
  }
}

Task<Connection::Next> Connection::serve_one() {
  RequestHead head;
  auto head_bytes = co_await read_head(head);
  if (!head_bytes) co_return Next::close;
  begin_ = *head_bytes;

  Exchange exchange(*this, head);
  stream_->readiness().cancel_on_hangup(&gone);
  co_await server_.handler_.serve(exchange);
  stream_->readiness().cancel_on_hangup(nullptr);
  if (gone.cancelled() || !exchange.whole()) co_return Next::close;
  bool reusable = exchange.keep_alive();
  if (reusable) reusable = co_await exchange.skip_rest_of_body();
  if (!reusable) {
    co_await linger();
    co_return Next::close;
  }
  co_return server_.draining() ? Next::close : Next::request;
}

Task<void> Connection::refuse(const Refusal& refusal) {
  auto [body, request_id] = server_.handler_.refuse(refusal);
  std::array<char, 512> room;
  HeadWriter writer(room);
  writer.status_line(refusal.status);
  writer.field("content-type", "application/json");
  writer.field("x-tollgate-request-id", request_id);
  writer.field("connection", "close");
  writer.body({.kind = BodyFraming::Kind::length, .length = body.size()});
  auto head = writer.finish();
  if (!head) co_return;
  std::array<std::string_view, 2> parts{*head, body};
  if (co_await write(parts)) co_await linger();
}

Task<void> Connection::linger() {
  co_await finish_writing(*stream_, {now() + server_.limits_.write_stall, &gone});
  Wait wait{now() + linger_for, &server_.draining_};
  if (buffer_.empty()) buffer_ = Buffer(Buffer::usual);
  for (std::size_t total = 0; total < linger_bytes_max;) {
    auto got = co_await read_some(*stream_, buffer_.from(0), wait);
    if (!got || *got == 0) co_return;
    total += *got;
  }
}

Task<Result<void>> Connection::write(Parts parts) {
  auto written = co_await write_steadily(*stream_, parts, server_.limits_.write_stall, &gone);
  if (!written) co_return fail(Fault::client_gone, "the client took no more");
  co_return Result<void>{};
}

}  // namespace tollgate::http
