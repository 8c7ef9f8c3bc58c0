#include "mock/connection.h"

#include <array>
#include <cstring>

#include "async/reactor.h"
#include "mock/replacement.h"
#include "mock/routes.h"

namespace tollgate::mock {
namespace {

constexpr auto request_within = seconds(120);
constexpr auto linger_for = seconds(2);
constexpr std::size_t linger_bytes_max = 1024 * 1024;
constexpr std::size_t body_buffer = 64 * 1024;
constexpr std::size_t kept_body_bytes = 64 * 1024;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

Instant now() { return Reactor::current().now(); }

}  // namespace

Connection::Connection(Desk& desk, std::unique_ptr<ByteStream> stream)
    : desk_(desk), stream_(std::move(stream)), player_(desk, *stream_, gone_) {}

Task<void> Connection::run() {
  while (co_await await_first_byte()) {
    http::RequestHead head;
    if (co_await read_request(head) == Read::closed) co_return;
    stream_->readiness().cancel_on_hangup(&gone_);
    After after = co_await serve_request(desk_, player_, head, body_);
    stream_->readiness().cancel_on_hangup(nullptr);
    if (after == After::gone) co_return;
    if (after == After::reset) co_return break_off(std::move(stream_));
    if (after == After::close) co_return co_await linger();
  }
  stream_->finish_writing();
}

// False when the connection is over instead.
Task<bool> Connection::await_first_byte() {
  if (gathered_.capacity() > kept_body_bytes) std::string().swap(gathered_);
  if (!input_.empty()) {
    buffer_ = std::move(input_);
    begin_ = input_begin_;
    end_ = input_end_;
  }
  if (end_ > begin_) {  // pipelined: what came behind the last request
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    co_return true;
  }
  buffer_.release();
  begin_ = end_ = 0;
  Wait idle{now() + desk_.playbook->script().idle, &gone_};
  for (;;) {
    if (!stream_->has_pending() && co_await stream_->readiness().readable(idle) != Wake::ready) co_return false;
    if (buffer_.empty()) buffer_ = Buffer(Buffer::usual);
    IoCount got = stream_->try_read(buffer_.from(0));
    if (got.state == IoCount::State::blocked) continue;
    end_ = got.count;
    co_return got.state == IoCount::State::moved;
  }
}

Task<Connection::Read> Connection::read_request(http::RequestHead& head) {
  read_until_ = now() + request_within;
  Read read =
      co_await read_head(head);  // named: g++ 12 hangs in a coroutine that awaits in a condition and has no variable
  if (read == Read::whole) read = co_await read_body(head);
  co_return read;
}

// Zero when the client left or was too slow.
Task<std::size_t> Connection::read_into(std::span<char> room) {
  auto got = co_await read_some(*stream_, room, {read_until_, &gone_});
  co_return got ? *got : 0;
}

Task<Connection::Read> Connection::read_head(http::RequestHead& head) {
  std::size_t resume = 0;
  for (;;) {
    http::ParseStatus parsed = http::parse_request_head(unread(), resume, head);
    if (parsed.state == http::ParseState::complete) {
      begin_ = parsed.head_bytes;
      co_return Read::whole;
    }
    if (parsed.state == http::ParseState::bad) {
      co_await refuse(parsed.refusal.status, parsed.refusal.what);
      co_return Read::closed;
    }
    if (end_ == buffer_.size()) {
      Buffer larger(buffer_.size() * 2);
      std::memcpy(larger.data(), buffer_.data(), end_);
      buffer_ = std::move(larger);
    }
    std::size_t got = co_await read_into(buffer_.from(end_));
    if (got == 0) co_return Read::closed;
    end_ += got;
  }
}

// The body where it lies behind its head, or gathered.
Task<Connection::Read> Connection::read_body(const http::RequestHead& head) {
  http::BodyReader reader(head.framing);
  gathered_.clear();
  body_ = {};
  if (head.framing.length > max_request_body) {
    co_await refuse(413, "the body is too large");
    co_return Read::closed;
  }
  bool by_length = head.framing.kind == http::BodyFraming::Kind::length;
  if (by_length && unread().size() >= head.framing.length) {
    body_ = unread().substr(0, head.framing.length);
    begin_ += head.framing.length;
    co_return Read::whole;
  }
  if (head.expect_continue && unread().empty()) {
    std::array<std::string_view, 1> parts{go_on};
    if (!co_await write_all(*stream_, parts, {read_until_, &gone_})) co_return Read::closed;
  }
  co_return co_await read_more_body(reader) ? Read::whole : Read::closed;
}

// The head must stay where it is, so further input gets a buffer of its own.
Task<bool> Connection::read_more_body(http::BodyReader& reader) {
  std::string_view rest = unread();
  for (;;) {
    while (!rest.empty() && !reader.done()) {
      http::BodyStep step = reader.feed(rest);
      bool too_large = gathered_.size() + step.payload.size() > max_request_body;
      if (reader.failed() || too_large) {
        co_await refuse(too_large ? 413 : 400, too_large ? "the body is too large" : reader.what());
        co_return false;
      }
      gathered_ += step.payload;
      rest.remove_prefix(step.taken);
    }
    if (reader.done()) break;
    if (input_.empty()) input_ = Buffer(body_buffer);
    input_end_ = co_await read_into(input_.from(0));
    if (input_end_ == 0) co_return false;
    rest = {input_.data(), input_end_};
  }
  body_ = gathered_;
  if (input_.empty())
    begin_ = end_ - rest.size();
  else
    input_begin_ = input_end_ - rest.size();
  co_return true;
}

Task<void> Connection::refuse(int status, std::string_view what) {
  co_await player_.refuse(status, error_body("invalid_request_error", "bad_request", what));
  co_await linger();
}

// Lets the client read to the end what it was sent: closing while input waits would reset the connection.
Task<void> Connection::linger() {
  stream_->finish_writing();
  Wait wait{now() + linger_for, &gone_};
  if (buffer_.empty()) buffer_ = Buffer(Buffer::usual);
  for (std::size_t total = 0; total < linger_bytes_max;) {
    auto got = co_await read_some(*stream_, buffer_.from(0), wait);
    if (!got || *got == 0) co_return;
    total += *got;
  }
}

}  // namespace tollgate::mock
