#include "gateway/waiting_room.h"

#include <algorithm>

namespace tollgate {

WaitingRoom::Place::Place(WaitingRoom& room, const RouteHealth& route, Priority priority, std::string tenant)
    : room_(room), route_(&route), priority_(priority), tenant_(std::move(tenant)) {
  Line& line = room_.lines_[route_];
  auto [at, fresh] = line.tenants[static_cast<std::size_t>(priority_)].try_emplace(tenant_);
  if (fresh) at->second.served = line.turns;  // who comes anew does not go before those that wait
  at->second.places.push_back(this);
  ++line.count;
}

WaitingRoom::Place::~Place() {
  auto line = room_.lines_.find(route_);
  auto& tenants = line->second.tenants[static_cast<std::size_t>(priority_)];
  auto tenant = tenants.find(tenant_);
  std::erase(tenant->second.places, this);
  if (tenant->second.places.empty()) tenants.erase(tenant);
  if (--line->second.count == 0) room_.lines_.erase(line);
}

bool WaitingRoom::Place::is_next() const { return room_.next_of(room_.lines_.at(route_)) == this; }

void WaitingRoom::Place::served() {
  Line& line = room_.lines_.at(route_);
  Tenant& tenant = line.tenants[static_cast<std::size_t>(priority_)].at(tenant_);
  tenant.served = ++line.turns;
  std::erase(tenant.places, this);
  if (Place* next = room_.next_of(line)) next->chime_.ring();
  tenant.places.push_front(this);
}

void WaitingRoom::Place::found_none() {
  passed_over_ = true;
  if (Place* next = room_.next_of(room_.lines_.at(route_))) next->chime_.ring();
}

WaitingRoom::Place* WaitingRoom::next_of(const Line& line) const {
  for (const auto& tenants : line.tenants) {
    Place* first = nullptr;
    std::uint64_t longest = 0;
    for (const auto& [name, tenant] : tenants) {
      auto waits = std::ranges::find_if(tenant.places, [](const Place* place) { return !place->passed_over_; });
      if (waits == tenant.places.end() || (first != nullptr && tenant.served >= longest)) continue;
      first = *waits;
      longest = tenant.served;
    }
    if (first != nullptr) return first;
  }
  return nullptr;
}

void WaitingRoom::begin_anew(Line& line) {
  for (auto& tenants : line.tenants)
    for (auto& [name, tenant] : tenants)
      for (Place* place : tenant.places) place->passed_over_ = false;
  if (Place* next = next_of(line)) next->chime_.ring();
}

// Once in a while, however many wait: other threads' places get free too.
void WaitingRoom::look_again(const RouteHealth& route, Instant now) {
  constexpr Duration every = milliseconds(10);
  Line& line = lines_.at(&route);
  if (now - line.looked < every) return;
  line.looked = now;
  begin_anew(line);
}

bool WaitingRoom::anyone_before(const RouteHealth& route, Priority priority) const {
  auto line = lines_.find(&route);
  if (line == lines_.end()) return false;
  const Place* next = next_of(line->second);
  return next != nullptr && next->priority_ <= priority;
}

bool WaitingRoom::make_way(const RouteHealth& route, Priority priority) {
  auto line = lines_.find(&route);
  if (line == lines_.end()) return false;
  for (std::size_t i = priorities; i-- > static_cast<std::size_t>(priority) + 1;) {
    Place* last = nullptr;
    std::size_t most = 0;
    for (auto& [name, tenant] : line->second.tenants[i]) {
      auto stays = [](const Place* place) { return !place->sent_away_; };
      auto count = static_cast<std::size_t>(std::ranges::count_if(tenant.places, stays));
      if (count <= most) continue;
      most = count;
      last = *std::ranges::find_if(tenant.places.rbegin(), tenant.places.rend(), stays);
    }
    if (last == nullptr) continue;
    last->sent_away_ = true;
    last->chime_.ring();
    return true;
  }
  return false;
}

void WaitingRoom::freed() {
  for (auto& [route, line] : lines_) begin_anew(line);
}

}  // namespace tollgate
