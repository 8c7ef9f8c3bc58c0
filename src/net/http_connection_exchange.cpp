// The HTTP/1.1 form of an exchange: reading a request's body and writing its answer.

#include <algorithm>
#include <cassert>
#include <cstring>

#include "async/reactor.h"
#include "net/http1/write.h"
#include "net/http_connection.h"

namespace tollgate::http {
namespace {

constexpr std::size_t taken_at_once = 256 * 1024;  // of an announced body

constexpr std::size_t first_body_buffer = 64 * 1024;
constexpr std::size_t skipped_body_max = 256 * 1024;
constexpr auto skip_within = seconds(5);
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view broken_head =
    "HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

std::size_t size_of(Parts parts) {
  std::size_t total = 0;
  for (auto part : parts) total += part.size();
  return total;
}

std::string too_large(std::size_t limit) { return "the body is larger than " + std::to_string(limit) + " bytes"; }

}  // namespace

// --- the body of the request

// The answer will say that the connection ends with it.
std::unexpected<Error> Connection::Exchange::body_is_lost(Fault fault, std::string why) {
  body_lost_ = true;
  return fail(fault, std::move(why));
}

Task<Result<std::string_view>> Connection::Exchange::whole_body(std::size_t limit) {
  Connection& c = connection_;
  const BodyFraming& framing = head_.framing;
  if (reader_.done()) co_return std::string_view{};
  if (framing.kind == BodyFraming::Kind::length && framing.length > limit)
    co_return body_is_lost(Fault::body_too_large, too_large(limit));
  body_began_ = Reactor::current().now();
  if (head_.expect_continue && c.unread().empty()) {
    std::array<std::string_view, 1> parts{go_on};
    TG_CO_TRY_VOID(co_await c.write(parts));
  }
  if (framing.kind == BodyFraming::Kind::chunked) co_return co_await collect_chunked(limit);
  if (c.unread().size() < framing.length) co_return co_await collect_length(limit);
  BodyStep step = reader_.feed(c.unread());
  c.begin_ += step.taken;
  co_return step.payload;
}

Task<Result<std::string_view>> Connection::Exchange::collect_length(std::size_t limit) {
  Connection& c = connection_;
  std::size_t size = head_.framing.length;
  reader_.feed(c.unread());
  TG_CO_TRY_VOID(make_room(std::min(size, taken_at_once), limit));
  TG_CO_TRY_VOID(append(c.unread(), limit));
  c.begin_ = c.end_;
  while (!reader_.done()) {
    TG_CO_TRY_VOID(make_room(std::min(size, std::max(body_size_ + Buffer::usual, taken_at_once)), limit));
    TG_CO_TRY(got, co_await read_body(body_.from(body_size_).first(std::min(body_.size(), size) - body_size_)));
    reader_.feed({body_.data() + body_size_, got});
    body_size_ += got;
  }
  co_return std::string_view(body_.data(), body_size_);
}

Task<Result<std::string_view>> Connection::Exchange::collect_chunked(std::size_t limit) {
  Connection& c = connection_;
  input_ = Buffer(std::max(Buffer::usual, c.unread().size()));
  input_end_ = c.unread().copy(input_.data(), input_.size());
  c.begin_ = c.end_;
  for (;;) {
    while (input_begin_ < input_end_ && !reader_.done()) {
      BodyStep step = reader_.feed({input_.data() + input_begin_, input_end_ - input_begin_});
      if (reader_.failed()) co_return body_is_lost(Fault::invalid_request, std::string(reader_.what()));
      TG_CO_TRY_VOID(append(step.payload, limit));
      input_begin_ += step.taken;
    }
    if (reader_.done()) co_return std::string_view(body_.data(), body_size_);
    input_begin_ = 0;
    TG_CO_TRY(got, co_await read_body(input_.from(0)));
    input_end_ = got;
  }
}

Task<Result<std::size_t>> Connection::Exchange::read_body(std::span<char> into) {
  Connection& c = connection_;
  Duration within = c.server_.limits_.body_within + seconds(static_cast<long>(body_size_ / 1024));
  Wait wait{body_began_ + within, &c.gone};
  auto got = co_await read_some(*c.stream_, into, wait);
  if (!got && got.error().fault == Fault::deadline)
    co_return body_is_lost(Fault::request_timeout, "the body of the request did not come in time");
  if (!got || *got == 0) co_return fail(Fault::client_gone, "the client left before its body was whole");
  co_return *got;
}

// Beyond `taken_at_once` it grows with what really comes, not with what was announced.
Result<void> Connection::Exchange::make_room(std::size_t size, std::size_t limit) {
  if (size > limit) return body_is_lost(Fault::body_too_large, too_large(limit));
  if (size <= body_.size()) return {};
  Buffer larger = Buffer::counted(std::max({size, body_.size() * 2, Buffer::smallest}), connection_.server_.memory_);
  if (larger.empty()) return fail(Fault::overloaded, "too many bodies at once");
  if (body_size_ > 0) std::memcpy(larger.data(), body_.data(), body_size_);
  body_ = std::move(larger);
  return {};
}

Result<void> Connection::Exchange::append(std::string_view payload, std::size_t limit) {
  if (payload.empty()) return {};
  TG_TRY_VOID(make_room(body_size_ + payload.size(), limit));
  std::memcpy(body_.data() + body_size_, payload.data(), payload.size());
  body_size_ += payload.size();
  return {};
}

Task<bool> Connection::Exchange::skip_rest_of_body() {
  Connection& c = connection_;
  if (!input_.empty()) {  // what stands behind a chunked body belongs to the next request
    c.buffer_ = std::move(input_);
    c.begin_ = input_begin_;
    c.end_ = input_end_;
  }
  Wait wait{Reactor::current().now() + skip_within, &c.gone};
  for (std::size_t skipped = 0; !reader_.done();) {
    while (!c.unread().empty() && !reader_.done()) {
      BodyStep step = reader_.feed(c.unread());
      if (reader_.failed()) co_return false;
      c.begin_ += step.taken;
      skipped += step.taken;
    }
    if (reader_.done()) break;
    c.begin_ = c.end_ = 0;
    if (skipped > skipped_body_max) co_return false;
    auto got = co_await read_some(*c.stream_, c.buffer_.from(0), wait);
    if (!got || *got == 0) co_return false;
    c.end_ = *got;
  }
  co_return true;
}

// --- the answer

std::string_view Connection::Exchange::write_head(const AnswerHead& head, BodyFraming framing) {
  // A client that waits to be asked for its body may or may not send it now: only a new connection is sure.
  bool unasked = head_.expect_continue && !reader_.done();
  keep_alive_ = head_.keep_alive && !unasked && !body_lost_ && !connection_.server_.draining() &&
                framing.kind != BodyFraming::Kind::until_close;
  HeadWriter writer(head_room_);
  writer.status_line(head.status);
  for (const Field& field : head.fields) writer.field(field.name, field.value);
  if (!keep_alive_) writer.field("connection", "close");
  else if (head_.minor_version == 0) writer.field("connection", "keep-alive");
  writer.body(framing);
  auto written = writer.finish();
  if (written) return *written;
  keep_alive_ = false;
  return broken_head;
}

Task<Result<void>> Connection::Exchange::answer(const AnswerHead& head, Parts body) {
  std::array<std::string_view, max_write_parts> parts;
  BodyFraming framing{.kind = BodyFraming::Kind::length, .length = size_of(body)};
  parts[0] = write_head(head, framing);
  bool with_body = head_.method != "HEAD" && parts[0].data() != broken_head.data();
  std::size_t count = with_body ? body.size() : 0;
  assert(count < max_write_parts);
  std::copy_n(body.begin(), count, parts.begin() + 1);
  phase_ = Phase::started;
  TG_CO_TRY_VOID(co_await connection_.write(std::span(parts).first(count + 1)));
  phase_ = Phase::finished;
  co_return Result<void>{};
}

void Connection::Exchange::start(const AnswerHead& head) {
  coding_ = head_.method == "HEAD" ? Coding::none : head_.minor_version == 0 ? Coding::until_close : Coding::chunked;
  auto kind = coding_ == Coding::until_close ? BodyFraming::Kind::until_close : BodyFraming::Kind::chunked;
  pending_head_ = write_head(head, {.kind = kind});
  if (pending_head_.data() == broken_head.data()) coding_ = Coding::none;
  phase_ = Phase::started;
}

Task<Result<void>> Connection::Exchange::write_piece(Parts piece, bool last) {
  std::array<std::string_view, max_write_parts> parts;
  std::array<char, chunk_head_bytes_max> chunk_head;
  std::size_t count = 0, size = size_of(piece);
  assert(piece.size() <= max_write_parts - 4);
  parts[count++] = std::exchange(pending_head_, {});
  bool chunk = coding_ == Coding::chunked && size > 0;
  if (chunk) parts[count++] = {chunk_head.data(), write_chunk_head(chunk_head, size)};
  if (coding_ != Coding::none)
    for (auto part : piece) parts[count++] = part;
  if (chunk) parts[count++] = chunk_end;
  if (last && coding_ == Coding::chunked) parts[count++] = last_chunk;
  phase_ = Phase::streaming;
  TG_CO_TRY_VOID(co_await connection_.write(std::span(parts).first(count)));
  if (last) phase_ = Phase::finished;
  co_return Result<void>{};
}

Task<Result<void>> Connection::Exchange::send(Parts piece) { co_return co_await write_piece(piece, false); }

Task<Result<void>> Connection::Exchange::finish(Parts last_piece) { co_return co_await write_piece(last_piece, true); }

}  // namespace tollgate::http
