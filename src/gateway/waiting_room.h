#pragma once
// Where the calls of one thread wait for room at a route's targets, and in which order they get it: those of higher priority first; among
// equals one of each tenant in turn, whoever of them has had nothing for longest. A place that gets free wakes whoever is next.

#include <array>
#include <deque>
#include <map>
#include <string>

#include "async/beside.h"
#include "routing/route_table.h"

namespace tollgate {

class WaitingRoom {
 public:
  // One call that waits. Leaves when it dies.
  class Place {
   public:
    Place(WaitingRoom& room, const RouteHealth& route, Priority priority, std::string tenant);
    ~Place();
    Place(const Place&) = delete;

    Chime& chime() { return chime_; }
    bool is_next() const;
    // There was no room for it: those behind it may look, until a place is free again.
    void found_none();
    // It had to make way for a call of higher priority.
    bool sent_away() const { return sent_away_; }
    // It has got room: its tenant's turn is over, and the next may look.
    void served();

   private:
    friend WaitingRoom;
    WaitingRoom& room_;
    const RouteHealth* route_;
    Priority priority_;
    std::string tenant_;
    Chime chime_;
    bool sent_away_ = false;
    bool passed_over_ = false;  // looked since a place was free
  };

  // Whether a new call would overtake somebody for whom there may be room.
  bool anyone_before(const RouteHealth& route, Priority priority) const;
  // Sends away the last call of the lowest priority, when that is lower than this; false: there is none.
  bool make_way(const RouteHealth& route, Priority priority);
  // A call is over, or some time is: there may be room.
  void freed();
  void look_again(const RouteHealth& route, Instant now);
  bool empty() const { return lines_.empty(); }

 private:
  struct Tenant {
    std::deque<Place*> places;
    std::uint64_t served = 0;  // when it had its last turn
  };
  struct Line {
    std::array<std::map<std::string, Tenant>, priorities> tenants;
    std::uint64_t turns = 0;
    Instant looked{};
    std::size_t count = 0;
  };
  Place* next_of(const Line& line) const;
  void begin_anew(Line& line);
  std::map<const RouteHealth*, Line> lines_;
};

}  // namespace tollgate
