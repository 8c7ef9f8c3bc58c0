#pragma once
// The past once more under other rules, in virtual time.
//
//   add    one past call after the other, in the order of their ids, which is that of their arrival
//   end    no more calls: what is under way ends
//
// Every call is put to the Rules at the moment at which it was admitted then, and what they admitted ends as long after
// it as it did then: so calls overlap as they did. Where rules have a call wait for room, it is put to them again
// whenever another call ends and at the moments that they name. A call that ends at the very moment at which another
// comes ends first.
//
// Held are the calls under way, those that wait, and those that came already but were admitted later.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "reporting/outcome.h"

namespace tollgate {

struct PastCall {
  RequestRow row{};
  std::optional<Money> reserved{};     // what was set aside of money; none: unknown, or no limit on money concerned it
  std::string reserved_at{};           // the id of the price of that
  std::optional<Tokens> max_output{};  // most that the caller let come back, as far as that follows from it
  std::vector<AttemptRow> attempts{};  // where there were several; none of shadows
};

class Rules {
 public:
  virtual ~Rules() = default;

  // A call that was admitted: what is held for it until it is over.
  class Admitted {
   public:
    virtual ~Admitted() = default;
    virtual void over(WallTime now) = 0;
  };

  struct Verdict {
    Outcome outcome{};
    std::unique_ptr<Admitted> admitted{};  // null: nothing is held
    Duration lasts{0};                     // of what was admitted
    std::optional<WallTime> wait_until{};  // set: it waits so long for room; nothing else counts
    WallTime room_at{};                    // then: when there may be room though nobody ended; in the past: unknown
  };
  // `waited`: how long it has waited since it came.
  virtual Verdict ask(const PastCall& call, WallTime now, Duration waited) = 0;
};

class Replay {
 public:
  using Sink = std::function<void(const PastCall& call, const Outcome& would)>;

  // The rules must outlive it. `decided` hears of each call once, when it was admitted or refused.
  Replay(Rules& rules, Sink decided) : rules_(rules), decided_(std::move(decided)) {}

  void add(PastCall call);
  void end();

  std::size_t under_way() const { return events_.size() + waiting_.size(); }

 private:
  enum class Kind : std::uint8_t { over, look_again, arrival };  // in this order at one moment
  struct Event {
    WallTime at;
    Kind kind;
    std::uint64_t number;  // in the order in which they were known
    std::unique_ptr<PastCall> call{};
    std::unique_ptr<Rules::Admitted> admitted{};
  };
  struct Later {
    bool operator()(const Event& a, const Event& b) const;
  };
  struct Waiter {
    std::unique_ptr<PastCall> call;
    WallTime since;
    WallTime looks_at;  // the next moment at which it is asked anyway
  };

  void push(WallTime at, Kind kind, std::unique_ptr<PastCall> call, std::unique_ptr<Rules::Admitted> admitted);
  void run_until(WallTime moment);
  void run(Event event);
  void look_again(WallTime now);
  // False: it waits on.
  bool put(Waiter& waiter, WallTime now);

  Rules& rules_;
  Sink decided_;
  std::vector<Event> events_;  // a heap
  std::deque<Waiter> waiting_;
  std::uint64_t count_ = 0;
};

}  // namespace tollgate
