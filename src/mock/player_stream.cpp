// The player's streams: events in HTTP chunks, with the faults that fall between them.

#include <algorithm>
#include <array>

#include "async/reactor.h"
#include "mock/player.h"
#include "net/http1/chunked.h"

namespace tollgate::mock {
namespace {

constexpr std::size_t flush_bytes = 16 * 1024;
constexpr std::string_view broken_event =
    "data: {\"id\":\"chatcmpl-mock-0\",\"choices\":[{\"index\":0,\"delta\":{\"cont\n\n";

void append_chunk_head(std::string& out, std::size_t size) {
  std::array<char, http::chunk_head_bytes_max> room;
  out.append(room.data(), http::write_chunk_head(room, size));
}

bool due(const std::optional<std::int64_t>& after_events, std::int64_t index) { return after_events == index; }

}  // namespace

// Writes payload as one chunk. False when a cut by bytes falls within it.
bool Player::put(const Rule& rule, std::string_view payload) {
  std::size_t size = payload.size();
  if (rule.cut && rule.cut->after_bytes)
    size = std::min(size, static_cast<std::size_t>(*rule.cut->after_bytes) - payload_bytes_);
  payload_bytes_ += size;
  if (chunked_ && size > 0) append_chunk_head(wire_.out, size);
  wire_.out += payload.substr(0, size);
  if (chunked_ && size > 0) wire_.out += http::chunk_end;
  return size == payload.size();
}

// The same for an event of ours, in the caller's language.
bool Player::put_event(const Call& call, std::string_view event) {
  if (call.tongue == nullptr) return put(call.rule, event);
  said_.clear();
  call.tongue->say(event, said_);
  return put(call.rule, said_);
}

// A chunk that is announced whole, of which half comes.
void Player::put_half(std::string_view payload) {
  if (chunked_) append_chunk_head(wire_.out, std::max<std::size_t>(payload.size(), 2));
  wire_.out += payload.substr(0, payload.size() / 2);
}

// What the script has in store before the event at `index`, in this order.
Task<Player::Fault> Player::meet_faults(const Call& call, const StreamPlan& plan, std::int64_t index) {
  const Rule& rule = call.rule;
  if (rule.stall && rule.stall->after_events == index) {
    bool flushed = co_await wire_.flush();
    events_out_ = flushed ? events_put_ : events_out_;
    if (!flushed || !co_await wire_.pause(rule.stall->time())) co_return Fault::gone;
  }
  if (due(rule.garbage, index) && !put(rule, broken_event)) co_return Fault::broken;
  if (rule.error_event && rule.error_event->after_events == index) {
    event_.assign(R"(data: {"error":)").append(rule.error_event->error).append("}\n\n");
    co_return put_event(call, event_) ? Fault::over : Fault::broken;
  }
  if (rule.cut && due(rule.cut->after_events, index)) co_return Fault::broken;
  std::int64_t last = plan.size() - 1;
  if (rule.truncate_chunked && index == (*rule.truncate_chunked < 0 ? last : std::min(*rule.truncate_chunked, last))) {
    event_.clear();
    writer_.append(event_, plan.at(index));
    put_half(event_);
    co_return Fault::broken;
  }
  co_return Fault::none;
}

// False when the client is gone.
Task<bool> Player::wait_before(const Call& call, const Event& event, bool first) {
  Duration time{};
  if (first)
    time = call.rule.first_token;
  else if (event.kind == EventKind::piece && event.piece > 0)
    time = desk_.playbook->before_piece(call.rule);
  bool flush = time.count() > 0 || wire_.out.size() >= flush_bytes;
  if (!flush) co_return true;
  if (!co_await wire_.flush()) co_return false;
  events_out_ = events_put_;
  co_return co_await wire_.pause(time);
}

Task<Player::Fault> Player::send_events(const Call& call, const StreamPlan& plan) {
  const Rule& rule = call.rule;
  bool has_faults = rule.stall || rule.garbage || rule.error_event || rule.cut || rule.truncate_chunked;
  for (std::int64_t i = 0;; ++i) {
    if (has_faults) {
      Fault fault = co_await meet_faults(call, plan, i);
      if (fault != Fault::none) co_return fault;
    }
    if (i == plan.size()) {
      said_.clear();
      if (call.tongue != nullptr) call.tongue->finish(said_);
      co_return put(rule, said_) ? Fault::over : Fault::broken;
    }
    Event event = plan.at(i);
    if (!co_await wait_before(call, event, i == 0)) co_return Fault::gone;
    event_.clear();
    writer_.append(event_, event);
    if (!put_event(call, event_)) co_return Fault::broken;
    ++events_put_;
  }
}

After Player::end_stream(const Call& call, const StreamPlan& plan, Fault fault) {
  bool erred = call.rule.error_event && events_out_ < plan.size();
  Outcome outcome = fault == Fault::gone              ? Outcome::aborted
                    : fault == Fault::broken || erred ? Outcome::broken
                                                      : Outcome::whole;
  bill(call, plan.generated(events_out_), outcome);
  return after(call, erred && fault == Fault::over ? Outcome::whole : outcome);
}

Task<After> Player::play_stream(const Call& call) {
  Naming naming{.number = call.number, .created = Reactor::current().wall().unix_seconds()};
  StreamPlan plan(*call.question, call.rule, reply_);
  writer_.begin(*call.question, call.rule, reply_, naming);
  payload_bytes_ = 0;
  events_put_ = events_out_ = 0;
  chunked_ = call.head.minor_version > 0;
  auto kind = chunked_ ? http::BodyFraming::Kind::chunked : http::BodyFraming::Kind::until_close;
  write_head(call, 200, call.tongue == nullptr ? content_type_of(Framing::sse) : call.tongue->stream_type(), {.kind = kind});
  Fault fault = co_await send_events(call, plan);
  if (fault == Fault::over && chunked_) wire_.out += http::last_chunk;
  if (fault != Fault::gone) {
    if (co_await wire_.flush())
      events_out_ = events_put_;
    else
      fault = Fault::gone;
  }
  wire_.out.clear();
  co_return end_stream(call, plan, fault);
}

}  // namespace tollgate::mock
