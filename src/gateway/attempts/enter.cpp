#include "gateway/attempts/enter.h"

#include "routing/choice.h"

namespace tollgate {

bool enter(Exchange& x, Worker& worker, Try& t) {
  TargetHealth* health = t.target->health;
  if (health == nullptr) return true;
  const auto& breaker = x.route->breaker;
  bool open = breaker && !health->breaker.enter(worker.reactor.now(), worker.reactor.random().next(), *breaker);
  if (open) return false;
  t.flight = Flight(health);
  int in_flight = health->in_flight.load(std::memory_order_relaxed);
  int most = bound_of(*t.target);
  if (most == 0 || in_flight <= most) return true;
  t.flight = {};
  return false;
}

}  // namespace tollgate
