#include "reporting/replay.h"

#include <algorithm>
#include <tuple>

namespace tollgate {
namespace {

constexpr int id_bits_below_ms = 16;
constexpr std::int64_t ns_per_ms = 1'000'000;

// When the call came, as its id tells it.
WallTime came_at(RequestId id) { return {static_cast<std::int64_t>(id.high >> id_bits_below_ms) * ns_per_ms}; }

}  // namespace

bool Replay::Later::operator()(const Event& a, const Event& b) const {
  return std::tie(a.at, a.kind, a.number) > std::tie(b.at, b.kind, b.number);
}

void Replay::push(WallTime at, Kind kind, std::unique_ptr<PastCall> call, std::unique_ptr<Rules::Admitted> admitted) {
  events_.push_back({at, kind, ++count_, std::move(call), std::move(admitted)});
  std::push_heap(events_.begin(), events_.end(), Later{});
}

void Replay::add(PastCall call) {
  run_until(came_at(call.row.id));
  WallTime at = call.row.at;
  push(at, Kind::arrival, std::make_unique<PastCall>(std::move(call)), nullptr);
}

// Later calls have later ids, and none is admitted before it came: what is earlier than this one's coming is all known.
void Replay::run_until(WallTime moment) {
  while (!events_.empty() && events_.front().at < moment) {
    std::pop_heap(events_.begin(), events_.end(), Later{});
    Event next = std::move(events_.back());
    events_.pop_back();
    run(std::move(next));
  }
}

void Replay::end() { run_until({INT64_MAX}); }

void Replay::run(Event event) {
  if (event.kind == Kind::arrival) {
    Waiter waiter{std::move(event.call), event.at, {INT64_MIN}};
    if (!put(waiter, event.at)) waiting_.push_back(std::move(waiter));
    return;
  }
  if (event.admitted) event.admitted->over(event.at);
  look_again(event.at);
}

void Replay::look_again(WallTime now) {
  for (std::size_t i = 0; i < waiting_.size();) {
    if (put(waiting_[i], now))
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    else
      ++i;
  }
}

bool Replay::put(Waiter& waiter, WallTime now) {
  Rules::Verdict verdict = rules_.ask(*waiter.call, now, now - waiter.since);
  if (verdict.wait_until && *verdict.wait_until > now) {
    WallTime next = verdict.room_at > now ? std::min(verdict.room_at, *verdict.wait_until) : *verdict.wait_until;
    if (waiter.looks_at <= now || next < waiter.looks_at) {
      waiter.looks_at = next;
      push(next, Kind::look_again, nullptr, nullptr);
    }
    return false;
  }
  decided_(*waiter.call, verdict.outcome);
  if (verdict.admitted) push(now + verdict.lasts, Kind::over, nullptr, std::move(verdict.admitted));
  return true;
}

}  // namespace tollgate
