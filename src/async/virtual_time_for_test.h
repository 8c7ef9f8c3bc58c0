#pragma once
// A reactor whose time moves only when a test says so, and then from event to event.
//
//   VirtualLoop loop;
//   loop.spawn(work());
//   loop.pass(5s);      // everything that happens within five seconds has happened; the clock stands exactly there
//   loop.settle();      // everything that can happen without time passing has happened

#include "async/reactor.h"
#include "async/task_group.h"

namespace tollgate {

class VirtualTime final : public Clock, public Poller {
 public:
  Instant now() override { return at_; }
  WallTime wall() override { return {wall_at_start + at_.ns}; }
  void wait(Instant until) override {
    if (until <= at_) return;
    if (until <= limit_) {
      at_ = until;
    } else if (at_ < limit_) {
      at_ = limit_;
    } else {
      reached_ = true;
    }
  }
  void wake() override {}

  void begin(Duration length) {
    limit_ = at_ + length;
    reached_ = false;
  }
  bool reached() const { return reached_; }

 private:
  static constexpr std::int64_t wall_at_start = 1'795'000'000'000'000'000;  // 2026-11-18T10:26:40Z
  Instant at_{1'000'000'000};
  Instant limit_{};
  bool reached_ = false;
};

class VirtualLoop {
 public:
  VirtualTime time;
  SeededRandom random{1};
  Reactor reactor{time, random, time};

  Instant now() { return time.now(); }

  void spawn(Task<void> task) {
    Reactor::Turn turn(reactor);
    tasks_.spawn(std::move(task));
  }
  void pass(Duration length) {
    time.begin(length);
    reactor.run_until([&] { return time.reached(); });
  }
  void settle() { pass(Duration(0)); }
  std::size_t running() const { return tasks_.size(); }

 private:
  TaskGroup tasks_;
};

}  // namespace tollgate
