#include "api/heartbeat.h"

#include "async/reactor.h"

namespace tollgate {

void Heartbeat::begin(Duration every) {
  if (every_ != Duration(0)) return;
  every_ = every;
  last_ = Reactor::current().now();
  tasks_.spawn(run());
}

Task<void> Heartbeat::run() {
  for (;;) {
    Wake wake = co_await sleep({last_ + every_, &tasks_.cancellation()});
    if (wake == Wake::cancelled) co_return;
    Instant now = Reactor::current().now();
    if (held_ || now - last_ < every_) {
      if (held_) last_ = now;
      continue;
    }
    last_ = now;
    beating_ = true;
    if (!http_.answered()) start_();
    answered_ = true;
    std::string_view parts[] = {beat_};
    auto sent = co_await http_.send(parts);
    beating_ = false;
    if (!sent) co_return;
  }
}

Task<void> Heartbeat::hold() {
  constexpr auto look_every = milliseconds(1);
  held_ = true;
  while (beating_) co_await sleep({Reactor::current().now() + look_every, nullptr});  // the client reads slowly: rare
}

void Heartbeat::release() {
  held_ = false;
  last_ = Reactor::current().now();
}

Task<void> Heartbeat::end() {
  if (every_ == Duration(0)) co_return;
  tasks_.cancellation().cancel();
  co_await tasks_.join({Instant::never(), nullptr});
}

}  // namespace tollgate
