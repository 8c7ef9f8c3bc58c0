#include "limits/counters.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
// A period packed in 64 bits: its length in seconds below, its begin in Unix seconds above.
constexpr int length_bits = 26;
constexpr std::uint64_t length_mask = (1u << length_bits) - 1;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Keyed by a random seed, multiply and fold: chains stay short even when a caller chooses the names.
std::uint64_t hash_bytes(std::uint64_t seed, std::string_view bytes) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15u;
  std::uint64_t hash = mix(seed ^ odd, bytes.size() ^ 0xD1B54A32D192ED03u);
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    std::size_t size = std::min<std::size_t>(sizeof word, bytes.size());
    std::memcpy(&word, bytes.data(), size);
    hash = mix(hash ^ word, seed | 1) ^ odd;
    bytes.remove_prefix(size);
  }
  return mix(hash, odd);
}

}  // namespace

Period Series::period_at(WallTime at) {
  if (window_.rolls() || window_.lasts()) return window_.period_at(at);
  std::uint64_t packed = last_.load(std::memory_order_relaxed);
  auto begin = static_cast<std::int64_t>(packed >> length_bits);
  Period last{
      begin, {begin * ns_per_second}, {(begin + static_cast<std::int64_t>(packed & length_mask)) * ns_per_second}};
  if (packed != 0 && last.contains(at)) return last;

  Period period = window_.period_at(at);
  auto length = static_cast<std::uint64_t>((period.end - period.begin).count() / ns_per_second);
  if (period.id >= 0 && length <= length_mask)
    last_.store(static_cast<std::uint64_t>(period.id) << length_bits | length, std::memory_order_relaxed);
  return period;
}

bool Entry::pin() {
  std::uint32_t pins = pins_.load(std::memory_order_relaxed);
  do {
    if (pins & dead) return false;
  } while (!pins_.compare_exchange_weak(pins, pins + 1, std::memory_order_acquire, std::memory_order_relaxed));
  return true;
}

Counters::Counters(std::uint64_t seed, std::size_t max_live)
    : seed_(seed), max_live_(max_live), chains_(std::make_unique<std::atomic<Entry*>[]>(chain_count)) {}

Counters::~Counters() {
  for (std::size_t i = 0; i < chain_count; ++i)
    for (Entry* entry = chains_[i].load(); entry;) delete std::exchange(entry, entry->next_.load());
  for (auto& shard : shards_)
    for (Entry* entry : shard.spare) delete entry;
}

Series* Counters::series(std::string_view limit, std::string_view shape, const Window& window) {
  std::lock_guard guard(series_lock_);
  std::string identity = fmt::format("{}\n{}\n{}", limit, shape, window.identity());
  if (auto found = series_by_identity_.find(identity); found != series_by_identity_.end()) return found->second;
  if (series_.size() >= max_series) return nullptr;
  Series& made = series_.emplace_back(static_cast<std::uint32_t>(series_.size()), std::string(limit), identity, window);
  series_by_identity_.emplace(std::move(identity), &made);
  return &made;
}

Series* Counters::find_series(std::string_view identity) {
  std::lock_guard guard(series_lock_);
  auto found = series_by_identity_.find(identity);
  return found == series_by_identity_.end() ? nullptr : found->second;
}

Period Counters::period_for(Series& series, WallTime at) const {
  Period period = series.period_at(at);
  WallTime closed{closed_until_.load(std::memory_order_acquire)};
  if (series.window().rolls() || period.end > closed) return period;
  return series.window().period_at(closed);
}

std::uint64_t Counters::hash_of(const Series& series, std::string_view key, std::int64_t period) const {
  return hash_bytes(seed_ ^ mix(static_cast<std::uint64_t>(period) ^ seed_, series.id() + 0x2545F4914F6CDD1Du), key);
}

Entry* Counters::find_pinned(std::uint64_t hash, const Series& series, std::string_view key,
                             std::int64_t period) const {
  Entry* entry = chains_[hash % chain_count].load(std::memory_order_acquire);
  for (; entry; entry = entry->next_.load(std::memory_order_acquire)) {
    if (entry->hash_.load(std::memory_order_relaxed) != hash || !entry->pin()) continue;
    if (entry->series == &series && entry->period.id == period && entry->key == key) return entry;
    entry->unpin();
  }
  return nullptr;
}

Pin Counters::find(Series& series, std::string_view key, const Period& period) const {
  std::int64_t id = series.window().rolls() ? 0 : period.id;
  std::uint64_t hash = hash_of(series, key, id);
  if (Entry* entry = find_pinned(hash, series, key, id)) return Pin(entry);
  std::lock_guard guard(shards_[hash % chain_count % shard_count].lock);
  return Pin(find_pinned(hash, series, key, id));
}

Pin Counters::at(Series& series, std::string_view key, const Period& period) {
  Period kept = series.window().rolls() ? Period{} : period;
  std::uint64_t hash = hash_of(series, key, kept.id);
  if (Entry* entry = find_pinned(hash, series, key, kept.id)) return Pin(entry);

  Shard& shard = shards_[hash % chain_count % shard_count];
  std::lock_guard guard(shard.lock);
  if (Entry* entry = find_pinned(hash, series, key, kept.id)) return Pin(entry);
  // Under the lock: a sweep that closes this period later will find the entry, and find it pinned.
  bool closed = !series.window().rolls() && kept.end.ns <= closed_until_.load(std::memory_order_acquire);
  return closed ? Pin() : Pin(make(shard, hash, series, key, kept));
}

Entry* Counters::make(Shard& shard, std::uint64_t hash, Series& series, std::string_view key, const Period& period) {
  if (live_.fetch_add(1, std::memory_order_relaxed) >= max_live_) {
    live_.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  Entry* entry = nullptr;
  if (shard.spare.empty()) {
    entry = new Entry;
  } else {
    entry = shard.spare.back();
    shard.spare.pop_back();
  }
  entry->series = &series;
  entry->key = key;
  entry->period = period;
  entry->counter.reset(series.window().rolls());
  entry->hash_.store(hash, std::memory_order_relaxed);
  auto& chain = chains_[hash % chain_count];
  entry->next_.store(chain.load(std::memory_order_relaxed), std::memory_order_release);
  entry->pins_.store(1, std::memory_order_release);
  chain.store(entry, std::memory_order_release);
  return entry;
}

bool Counters::has_ended(Entry& entry, WallTime now) const {
  const Window& window = entry.series->window();
  WallTime closed{now.ns - grace.count()};
  if (window.lasts()) return entry.counter.read(entry.period.id).taken == 0;
  if (!window.rolls()) return entry.period.end <= closed;
  return entry.counter.read(window.period_at(closed).id).taken == 0;
}

std::size_t Counters::sweep_chain(std::size_t chain, WallTime now) {
  std::size_t gone = 0;
  std::atomic<Entry*>* link = &chains_[chain];
  while (Entry* entry = link->load(std::memory_order_relaxed)) {
    std::uint32_t unused = 0;
    if (!has_ended(*entry, now) || !entry->pins_.compare_exchange_strong(unused, Entry::dead, std::memory_order_acquire,
                                                                         std::memory_order_relaxed)) {
      link = &entry->next_;
      continue;
    }
    link->store(entry->next_.load(std::memory_order_relaxed), std::memory_order_release);
    shards_[chain % shard_count].spare.push_back(entry);
    ++gone;
  }
  return gone;
}

std::size_t Counters::sweep(WallTime now) {
  std::int64_t closes = now.ns - grace.count();
  std::int64_t before = closed_until_.load(std::memory_order_relaxed);
  while (before < closes && !closed_until_.compare_exchange_weak(before, closes, std::memory_order_acq_rel)) {
  }
  std::size_t gone = 0;
  for (std::size_t shard = 0; shard < shard_count; ++shard) {
    std::lock_guard guard(shards_[shard].lock);
    for (std::size_t chain = shard; chain < chain_count; chain += shard_count) gone += sweep_chain(chain, now);
  }
  live_.fetch_sub(gone, std::memory_order_relaxed);
  return gone;
}

void Counters::visit(const std::function<void(Entry&)>& look) const {
  for (std::size_t shard = 0; shard < shard_count; ++shard) {
    std::lock_guard guard(shards_[shard].lock);
    for (std::size_t chain = shard; chain < chain_count; chain += shard_count)
      for (Entry* entry = chains_[chain].load(std::memory_order_relaxed); entry;
           entry = entry->next_.load(std::memory_order_relaxed))
        look(*entry);
  }
}

}  // namespace tollgate
