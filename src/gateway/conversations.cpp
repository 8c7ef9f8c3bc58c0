#include "gateway/conversations.h"

#include <algorithm>
#include <vector>

#include "json/value.h"

namespace tollgate {
namespace {

constexpr std::size_t tenant_share = 4;  // a quarter

// Counts bytes of a share for as long as it lives.
struct Weight {
  std::shared_ptr<std::atomic<std::size_t>> counter;
  std::size_t bytes;
  Weight(std::shared_ptr<std::atomic<std::size_t>> at, std::size_t count) : counter(std::move(at)), bytes(count) { *counter += bytes; }
  ~Weight() { *counter -= bytes; }
  Weight(const Weight&) = delete;
};

// What stands between the brackets of the answer's `output`.
std::string_view output_of(std::string_view answer) {
  auto output = json::find({answer, json::Kind::object}, "output");
  if (!output || !output->is(json::Kind::array)) return {};
  return output->raw.substr(1, output->raw.size() - 2);
}

void append_items(std::string& out, std::string_view items) {
  if (items.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
  if (!out.empty()) out += ',';
  out += items;
}

}  // namespace

void Conversations::keep(std::string_view id, std::string_view tenant, Turn turn) {
  std::lock_guard lock(mutex_);
  Share& share = shares_[std::string(tenant)];
  turn.weight = std::make_shared<const Weight>(share.bytes, sizeof(Turn) + turn.input.size() + turn.answer.size());
  share.order.emplace_back(id);
  kept_.insert_or_assign(std::string(id), Kept{std::string(tenant), std::make_shared<const Turn>(std::move(turn))});
  make_room(share);
}

void Conversations::make_room(Share& newest) {
  std::size_t max = max_;
  while (newest.bytes->load() > max / tenant_share)
    if (!forget_oldest(newest)) break;
  while (all_bytes() > max)
    if (!forget_oldest(largest())) break;
}

bool Conversations::forget_oldest(Share& of) {
  if (of.order.empty()) return false;
  kept_.erase(of.order.front());
  of.order.pop_front();
  return true;
}

std::size_t Conversations::all_bytes() const {
  std::size_t sum = 0;
  for (const auto& [tenant, share] : shares_) sum += share.bytes->load();
  return sum;
}

Conversations::Share& Conversations::largest() {
  auto smaller = [](const auto& a, const auto& b) { return a.second.bytes->load() < b.second.bytes->load(); };
  return std::max_element(shares_.begin(), shares_.end(), smaller)->second;
}

std::shared_ptr<const Turn> Conversations::find(std::string_view id, std::string_view tenant) const {
  std::lock_guard lock(mutex_);
  auto found = kept_.find(std::string(id));
  if (found == kept_.end() || found->second.tenant != tenant) return nullptr;
  return found->second.turn;
}

bool Conversations::forget(std::string_view id, std::string_view tenant) {
  std::lock_guard lock(mutex_);
  auto found = kept_.find(std::string(id));
  if (found == kept_.end() || found->second.tenant != tenant) return false;
  kept_.erase(found);
  auto& order = shares_[std::string(tenant)].order;
  if (auto at = std::find(order.begin(), order.end(), id); at != order.end()) order.erase(at);
  return true;
}

std::optional<std::string> items_until(const Turn& last) {
  std::vector<const Turn*> turns;
  for (const Turn* turn = &last; turn != nullptr; turn = turn->before.get()) turns.push_back(turn);
  std::string items;
  for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
    append_items(items, (*turn)->input);
    append_items(items, output_of((*turn)->answer));
    if (items.size() > Conversations::bytes_max) return std::nullopt;
  }
  return items;
}

}  // namespace tollgate
