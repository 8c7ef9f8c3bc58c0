#include "telemetry/key_totals.h"

#include <algorithm>
#include <functional>

namespace tollgate {
namespace {

constexpr std::size_t cache_line = 64;  // keys must not share one

using Count = std::atomic<std::int64_t>;

void grow(Count& count, std::int64_t by) {
  if (by != 0) count.fetch_add(by, std::memory_order_relaxed);
}
std::int64_t value(const Count& count) { return count.load(std::memory_order_relaxed); }

}  // namespace

struct alignas(cache_line) KeyTotals::Node {
  Node(std::size_t hash_, std::string_view key_, Node* next_) : hash(hash_), key(key_), next(next_) {}

  void add(const KeyUse& use) {
    grow(requests, use.requests);
    grow(refused, use.refused);
    grow(input, use.input.count);
    grow(cached, use.cached.count);
    grow(output, use.output.count);
    grow(cost, use.cost.nano_usd);
  }
  KeyUse use() const {
    return {value(requests), value(refused), {value(input)}, {value(cached)}, {value(output)}, {value(cost)}};
  }

  const std::size_t hash;
  const std::string key;
  Node* const next;
  Count requests = 0, refused = 0, input = 0, cached = 0, output = 0, cost = 0;
};

KeyTotals::KeyTotals(std::size_t keys_max) : keys_max_(keys_max), heads_(buckets) {}

KeyTotals::~KeyTotals() {
  for (auto& head : heads_)
    for (Node* node = head.load(std::memory_order_relaxed); node != nullptr;) {
      Node* next = node->next;
      delete node;
      node = next;
    }
}

void KeyTotals::recorded(const RequestRow& row, std::span<const AttemptRow>) {
  add(row.key, {.requests = 1,
                .refused = row.status == RowStatus::refused ? 1 : 0,
                .input = row.usage.all_input(),
                .cached = row.usage.cache_read,
                .output = row.usage.all_output(),
                .cost = row.cost});
}

void KeyTotals::restore(std::string_view key, const KeyUse& use) { add(key, use); }

std::optional<KeyUse> KeyTotals::of(std::string_view key) const {
  const Node* node = find(std::hash<std::string_view>()(key), key);
  if (node == nullptr) return std::nullopt;
  return node->use();
}

std::vector<std::pair<std::string, KeyUse>> KeyTotals::all() const {
  std::vector<std::pair<std::string, KeyUse>> out;
  out.reserve(size());
  for (const auto& head : heads_)
    for (const Node* node = head.load(std::memory_order_acquire); node != nullptr; node = node->next)
      out.emplace_back(node->key, node->use());
  std::ranges::sort(out, {}, &std::pair<std::string, KeyUse>::first);
  return out;
}

void KeyTotals::add(std::string_view key, const KeyUse& use) {
  std::size_t hash = std::hash<std::string_view>()(key);
  Node* node = find(hash, key);
  if (node == nullptr) node = find_or_add(hash, key);
  if (node != nullptr)
    node->add(use);
  else
    left_out_.fetch_add(1, std::memory_order_relaxed);
}

KeyTotals::Node* KeyTotals::find(std::size_t hash, std::string_view key) const {
  Node* node = heads_[hash % buckets].load(std::memory_order_acquire);
  while (node != nullptr && (node->hash != hash || node->key != key)) node = node->next;
  return node;
}

// Null when there are keys_max keys already.
KeyTotals::Node* KeyTotals::find_or_add(std::size_t hash, std::string_view key) {
  std::scoped_lock lock(locks_[hash % locks]);
  if (Node* known = find(hash, key)) return known;
  if (keys_.fetch_add(1, std::memory_order_relaxed) >= keys_max_) {
    keys_.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  auto& head = heads_[hash % buckets];
  auto* node = new Node(hash, key, head.load(std::memory_order_relaxed));
  head.store(node, std::memory_order_release);
  return node;
}

}  // namespace tollgate
