#include "sim/sim_client.h"

#include <fmt/format.h>

#include "async/reactor.h"
#include "sim/answer_reader.h"

namespace tollgate::sim {
namespace {

constexpr auto connect_within = seconds(10);
constexpr auto patience = seconds(150);  // more than any answer may take, also for a slow reader

Instant now() { return Reactor::current().now(); }

}  // namespace

SimClient::SimClient(World world, Plan plan)
    : world_(world), plan_(plan), random_(plan.seed), dialer_(world.network, world.host) {}

Task<void> SimClient::run() {
  co_await sleep({now() + plan_.starts});
  for (int i = 0; i < plan_.calls; ++i) {
    std::string mark = fmt::format("mark-{:03}{:03}", plan_.number, i);
    co_await make_call(draw_call(std::move(mark), plan_.key, random_));
    Duration think =
        milliseconds(static_cast<std::int64_t>(random_.below(4) == 0 ? random_.below(25'000) : random_.below(500)));
    if (i + 1 < plan_.calls) co_await sleep({now() + think});
  }
  stream_.reset();
}

Task<void> SimClient::make_call(DrawnCall drawn) {
  ClientCall& call = world_.story.clients.emplace_back(std::move(drawn.call));
  const Leaving& leaving = drawn.behaviour.leaving;
  call.began = now();
  call.reused = stream_ != nullptr;
  if (!co_await connect(call)) co_return;
  if (!co_await send(call, drawn)) co_return;
  call.sent = now();
  if (leaving.when == Leaving::When::after_sending) {
    co_await sleep({now() + leaving.delay});
    leave(call, leaving);
    co_return;
  }
  co_await read(call, drawn.behaviour);
}

Task<bool> SimClient::connect(ClientCall& call) {
  if (stream_ != nullptr) co_return true;
  Origin origin;
  origin.host = "gateway";
  auto stream = co_await dialer_.dial(origin, {now() + connect_within});
  if (!stream) {
    end(call, CallEnd::no_connection);
    co_return false;
  }
  stream_ = std::move(*stream);
  co_return true;
}

// False when the client left meanwhile. A gateway that takes no more may have answered already: that is for `read` to
// find.
Task<bool> SimClient::send(ClientCall& call, const DrawnCall& drawn) {
  std::string_view rest = drawn.request;
  bool leaves = drawn.behaviour.leaving.when == Leaving::When::while_sending;
  if (leaves) rest = rest.substr(0, drawn.behaviour.leaving.bytes);
  while (!rest.empty()) {
    std::string_view parts[] = {rest.substr(0, drawn.behaviour.send_at_once)};
    if (!co_await write_all(*stream_, parts, {now() + patience})) break;
    rest.remove_prefix(parts[0].size());
    if (drawn.behaviour.send_pause > Duration(0) && !rest.empty()) co_await sleep({now() + drawn.behaviour.send_pause});
  }
  if (leaves) leave(call, drawn.behaviour.leaving);
  co_return !leaves;
}

Task<void> SimClient::read(ClientCall& call, const Behaviour& behaviour) {
  AnswerReader reader;
  std::string room(behaviour.read_at_once, '\0');
  Wait wait{now() + patience};
  while (!reader.done()) {
    if (behaviour.leaving.when == Leaving::When::while_reading && reader.head_came() &&
        reader.body_bytes() >= behaviour.leaving.bytes) {
      reader.tell(call);
      leave(call, behaviour.leaving);
      co_return;
    }
    auto got = co_await read_some(*stream_, room, wait);
    if (!got || *got == 0) {
      if (got) reader.end_of_input();
      if (got && reader.done()) break;
      reader.tell(call);
      bool silent = !got && got.error().fault == Fault::deadline;
      end(call, silent ? CallEnd::impatient : CallEnd::broken);
      stream_.reset();
      co_return;
    }
    if (!reader.feed({room.data(), *got})) {
      world_.story.fault(call.mark + ": the gateway's answer is no HTTP");
      end(call, CallEnd::broken);
      stream_.reset();
      co_return;
    }
    if (behaviour.read_pause > Duration(0)) co_await sleep({now() + behaviour.read_pause});
  }
  reader.tell(call);
  end(call, reader.meaning(call));
  if (!reader.keep_alive() || behaviour.close_after) stream_.reset();
}

void SimClient::leave(ClientCall& call, const Leaving& leaving) {
  auto& stream = static_cast<SimStream&>(*stream_);
  if (leaving.how == Leaving::How::reset) stream.reset();
  if (leaving.how == Leaving::How::silence) stream.fall_silent();
  stream_.reset();
  call.told_goodbye = leaving.how != Leaving::How::silence;
  end(call, CallEnd::hung_up);
}

void SimClient::end(ClientCall& call, CallEnd how) {
  call.end = how;
  call.ended = now();
  ++call.ends;
  world_.story.note(now(), fmt::format("{} {} status {} id {} attempts {} code {}", call.mark, to_string(how),
                                       call.status, call.request_id, call.attempts, call.error_code));
}

}  // namespace tollgate::sim
