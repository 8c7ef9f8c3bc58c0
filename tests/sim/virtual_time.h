#pragma once
// Time that moves only when nothing else can: the clock and the poller of a simulation, and the queue of what is yet to
// happen.
//
// A reactor that finds nothing ready asks its poller to wait; this one goes to the next event or timer instead,
// whichever comes first, and runs what is due there. Events of one moment run in the order in which they were asked
// for, so a run is decided by its seed alone. Single-threaded.

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "async/clock.h"
#include "async/poller.h"

namespace tollgate::sim {

class VirtualTime final : public Clock, public Poller {
 public:
  explicit VirtualTime(WallTime begin) : began_wall_(begin) {}

  Instant now() override { return now_; }
  WallTime wall() override { return began_wall_ + (now_ - began_); }

  void wait(Instant until) override;
  void wake() override {}  // who rings does so on this thread, inside `wait` or before it

  using Event = std::function<void()>;
  void after(Duration delay, Event event);
  // Called each time before the clock may move; it may add events. One at a time: whoever sets it, clears it.
  void before_moving(Event look) { look_ = std::move(look); }

  // Nothing is armed and nothing will happen: whoever still waits, waits for ever.
  bool stuck() const { return stuck_; }

 private:
  struct Due {
    Instant at;
    std::uint64_t sequence;
    Event event;
    friend bool operator<(const Due& a, const Due& b) {  // of a heap whose top is the earliest
      return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
  };
  static constexpr Instant began_{1'000'000'000};

  WallTime began_wall_;
  Instant now_ = began_;
  std::vector<Due> heap_;
  std::uint64_t sequence_ = 0;
  Event look_;
  bool stuck_ = false;
};

}  // namespace tollgate::sim
