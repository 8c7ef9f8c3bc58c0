#include "net/http_client.h"

#include <algorithm>
#include <cstring>

#include "async/reactor.h"

namespace tollgate::http {
namespace {

// A connection that died while idle says so within a round trip. Later it is the provider that broke off work on the request,
// which may have cost something: whether to ask again is then the attempt loop's to decide, and to record.
constexpr auto stale_shows_within = seconds(1);

std::unexpected<Error> protocol_error(std::string_view what) {
  return fail({.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(what)});
}

std::unexpected<Error> broken_off() {
  return fail({.fault = Fault::upstream_unreachable,
               .retry = Retry::next_target,
               .detail = "the provider closed the connection before its answer was whole"});
}

// Whether the peer has closed, or sent something that nobody asked for and that must never be taken for an answer.
bool no_longer_idle(ByteStream& stream) {
  if (stream.readiness().hung_up()) return true;
  if (!stream.readiness().may_read() && !stream.has_pending()) return false;
  char byte = 0;
  return stream.try_read({&byte, 1}).state != IoCount::State::blocked;
}

}  // namespace

std::unique_ptr<ByteStream> UpstreamPool::take_kept(Instant now) {
  while (!idle_.empty()) {
    Kept kept = std::move(idle_.back());  // the newest: the others may then grow old and go
    idle_.pop_back();
    bool fresh = now - kept.since < keep_for && !no_longer_idle(*kept.stream);
    if (fresh) return std::move(kept.stream);
    --open_;
  }
  return nullptr;
}

void UpstreamPool::keep(std::unique_ptr<ByteStream> stream, Instant now) {
  if (idle_.size() >= idle_max || stream->readiness().hung_up()) {
    --open_;
    return;
  }
  idle_.push_back({std::move(stream), now});
  auto is_useless = [&](const Kept& kept) {
    return now - kept.since >= keep_for || kept.stream->readiness().hung_up();
  };
  auto useful = std::find_if_not(idle_.begin(), idle_.end(), is_useless);  // the oldest stand in front
  open_ -= static_cast<std::size_t>(useful - idle_.begin());
  idle_.erase(idle_.begin(), useful);
}

ClientCall::~ClientCall() {
  if (stream_ != nullptr) --pool_.open_;
}

// The answer is whole: the connection may serve another, unless anything is out of order.
void ClientCall::retire() {
  if (stream_ == nullptr) return;
  bool reusable = head_.keep_alive && unread_.empty() && body_.framing().kind != BodyFraming::Kind::until_close;
  if (reusable)
    pool_.keep(std::move(stream_), Reactor::current().now());
  else {
    stream_.reset();
    --pool_.open_;
  }
}

Task<Result<void>> ClientCall::read_head(std::string_view method, const ClientLimits& limits, Wait wait) {
  head_buffer_ = Buffer(Buffer::smallest);  // grows with heads that need it; a stream holds it to its end
  std::size_t begin = 0, end = 0, resume = 0;
  for (int interim = 0;;) {
    std::string_view came(head_buffer_.data() + begin, end - begin);
    ParseStatus parsed = parse_response_head(came, resume, method, head_, limits.head);
    if (parsed.state == ParseState::bad) co_return protocol_error(parsed.refusal.what);
    if (parsed.state == ParseState::complete) {
      begin += parsed.head_bytes;
      resume = 0;
      if (!head_.interim()) break;
      if (++interim > limits.interim_answers_max) co_return protocol_error("too many interim answers");
      head_ = {};
      continue;
    }
    if (end == head_buffer_.size()) {
      Buffer larger(head_buffer_.size() * 2);
      std::memcpy(larger.data(), head_buffer_.data(), end);
      head_buffer_ = std::move(larger);
    }
    TG_CO_TRY(got, co_await read_some(*stream_, head_buffer_.from(end), wait));
    if (got == 0) co_return broken_off();
    any_byte_ = true;
    end += got;
  }
  unread_ = {head_buffer_.data() + begin, end - begin};
  body_ = BodyReader(head_.framing);
  co_return Result<void>{};
}

Task<Result<std::string_view>> ClientCall::next(Wait wait) {
  for (;;) {
    if (body_.done()) {
      retire();
      co_return std::string_view{};
    }
    if (!unread_.empty()) {
      BodyStep step = body_.feed(unread_);
      if (body_.failed()) co_return protocol_error(body_.what());
      unread_.remove_prefix(step.taken);
      if (!step.payload.empty()) co_return step.payload;
      continue;
    }
    if (!stream_->has_pending()) {
      if (!stream_->readiness().may_read()) buffer_.release();  // nothing is here: hold no memory while waiting
      Wake wake = co_await stream_->readiness().readable(wait);
      if (wake != Wake::ready) co_return fail(woken_early(wake));
    }
    if (buffer_.empty()) buffer_ = Buffer(Buffer::usual);
    TG_CO_TRY(got, co_await read_some(*stream_, buffer_.from(0), wait));
    unread_ = {buffer_.data(), got};
    if (got > 0) continue;
    body_.end_of_input();
    if (body_.failed()) co_return broken_off();
  }
}

Task<Result<std::string_view>> ClientCall::whole(std::size_t limit, MemoryBudget& memory, Wait wait, Duration idle) {
  std::size_t size = 0;
  for (;;) {
    TG_CO_TRY(piece, co_await next(wait.at_most(Reactor::current().now() + idle)));
    if (piece.empty()) break;
    if (size == 0 && body_.done()) {  // all of it in the first piece: no copy
      retire();
      co_return piece;
    }
    if (size + piece.size() > limit) co_return protocol_error("the provider's answer is too large");
    if (size + piece.size() > gathered_.size()) {
      std::size_t announced = head_.framing.kind == BodyFraming::Kind::length ? std::min<std::size_t>(head_.framing.length, limit) : 0;
      std::size_t wanted = std::max({size + piece.size(), gathered_.size() * 2, announced});
      Buffer larger = Buffer::counted(wanted, memory);
      if (larger.empty()) co_return fail(Fault::overloaded, "too many bodies at once");
      if (size > 0) std::memcpy(larger.data(), gathered_.data(), size);
      gathered_ = std::move(larger);
    }
    std::memcpy(gathered_.data() + size, piece.data(), piece.size());
    size += piece.size();
  }
  co_return std::string_view(gathered_.data(), size);
}

Task<Result<std::unique_ptr<ClientCall>>> Client::send_on(std::unique_ptr<ByteStream> stream, UpstreamPool& pool,
                                                          std::string_view method,
                                                          std::span<const std::string_view> parts, Wait wait,
                                                          AttemptPhase& phase, bool& stale) {
  std::unique_ptr<ClientCall> call(new ClientCall(pool, std::move(stream)));
  phase = AttemptPhase::send;
  Instant began = Reactor::current().now();
  auto sent = co_await write_all(*call->stream_, parts, wait);
  bool broke = !sent && sent.error().fault == Fault::upstream_unreachable;
  if (!sent && !broke) co_return fail(std::move(sent).error());
  // A server may answer and close before it has read everything (413): its answer is worth reading even then.
  if (sent) phase = AttemptPhase::first_byte;
  auto head = co_await call->read_head(method, limits_, wait);
  if (head) {
    phase = AttemptPhase::first_token;
    co_return std::move(call);
  }
  bool at_once = Reactor::current().now() - began < stale_shows_within;
  stale = at_once && !call->any_byte_ && head.error().fault == Fault::upstream_unreachable;
  co_return fail(std::move(head).error());
}

Task<Result<std::unique_ptr<ClientCall>>> Client::send(UpstreamPool& pool, std::string_view method,
                                                       std::span<const std::string_view> parts, SendWaits waits,
                                                       AttemptPhase& phase) {
  if (auto kept = pool.take_kept(Reactor::current().now())) {
    bool stale = false;
    auto call = co_await send_on(std::move(kept), pool, method, parts, waits.head, phase, stale);
    if (call || !stale) co_return std::move(call);
  }
  phase = AttemptPhase::connect;
  TG_CO_TRY(stream, co_await dialer_.dial(pool.origin(), waits.connect));
  ++pool.open_;
  bool stale = false;
  auto call = co_await send_on(std::move(stream), pool, method, parts, waits.head, phase, stale);
  co_return std::move(call);
}

}  // namespace tollgate::http
