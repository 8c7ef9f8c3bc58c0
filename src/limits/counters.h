#pragma once
// All counters of the process, by limit, value and period; shared by all threads.
//
//   Series    the counters of one limit: one for each value and period. It outlives every change of the configuration,
//             so a limit that is loaded again under its name finds what was used.
//   Entry     one counter and its key. A Pin keeps it from being taken away; finding one that is there takes no lock
//             and no memory, the first sight of a value takes the lock of one of 64 shards.
//
// How an entry is found without a lock: entries are never returned to the allocator, only used again, so a reader may
// walk a chain that is changing under it. It pins what has the right hash and then compares the key, which cannot
// change while it is pinned. A walk that was led astray at worst misses the entry and looks again under the lock.
//
// Bounded: at the most live entries a new value is refused. An entry goes only when its window has ended for `grace`;
// from then on that period is closed for good: were the clock put back into it, the call would count in a later one. So
// no budget is ever granted twice.

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "limits/counter.h"
#include "limits/window.h"

namespace tollgate {

class Series {
 public:
  Series(std::uint32_t id, std::string name, std::string identity, Window window)
      : id_(id), name_(std::move(name)), identity_(std::move(identity)), window_(std::move(window)) {}

  std::uint32_t id() const { return id_; }
  const std::string& name() const { return name_; }          // of the limit
  const std::string& identity() const { return identity_; }  // of the limit, what it counts by, and its window
  const Window& window() const { return window_; }
  // As the window's, but remembers the last answer.
  Period period_at(WallTime at);

 private:
  std::uint32_t id_;
  std::string name_;
  std::string identity_;
  Window window_;
  std::atomic<std::uint64_t> last_ = 0;  // begin and length of the last period, packed; 0: none
};

// On cache lines of its own: two busy counters must not slow each other.
struct alignas(64) Entry {
  Series* series = nullptr;
  std::string key;
  Period period;  // calendar only
  LimitCounter counter;

 private:
  friend class Counters;
  friend class Pin;
  static constexpr std::uint32_t dead = 1u << 31;

  bool pin();
  void unpin() { pins_.fetch_sub(1, std::memory_order_release); }

  std::atomic<Entry*> next_ = nullptr;
  std::atomic<std::uint64_t> hash_ = 0;
  std::atomic<std::uint32_t> pins_ = dead;
};

// Keeps an entry where it is. Move-only; the Counters must outlive it.
class Pin {
 public:
  Pin() = default;
  Pin(Pin&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
  Pin& operator=(Pin&& other) noexcept {
    std::swap(entry_, other.entry_);
    return *this;
  }
  ~Pin() {
    if (entry_) entry_->unpin();
  }

  explicit operator bool() const { return entry_ != nullptr; }
  Entry* operator->() const { return entry_; }

 private:
  friend class Counters;
  explicit Pin(Entry* pinned) : entry_(pinned) {}
  Entry* entry_ = nullptr;
};

class Counters {
 public:
  static constexpr std::size_t default_live = 1'000'000;
  static constexpr std::size_t max_series = 1'000'000;
  static constexpr Duration grace = seconds(60);

  // `seed` is random, so that no caller can make names that share a chain.
  explicit Counters(std::uint64_t seed, std::size_t max_live = default_live);
  ~Counters();
  Counters(const Counters&) = delete;
  Counters& operator=(const Counters&) = delete;

  // At load. `shape` tells which values and what measure the limit counts by: a limit that counts something else than
  // before begins anew. Null at max_series.
  Series* series(std::string_view limit, std::string_view shape, const Window& window);

  // By what identity() said, perhaps in an earlier process.
  Series* find_series(std::string_view identity);

  // The period that a call of this moment counts in: the one around it, or a later one when that is closed.
  Period period_for(Series& series, WallTime at) const;

  // The entry of this key and period, made when it is new. Empty at the most live entries, and when the period was
  // closed meanwhile: then ask period_for again.
  Pin at(Series& series, std::string_view key, const Period& period);
  // The same, without making one.
  Pin find(Series& series, std::string_view key, const Period& period) const;

  // Takes away entries whose window ended before now - grace. For a thread beside the request path, every few seconds.
  // Returns how many went.
  std::size_t sweep(WallTime now);

  // Shows every entry; each shard is locked meanwhile, so `look` must be short and must not come back here.
  void visit(const std::function<void(Entry&)>& look) const;

  std::size_t live() const { return live_.load(std::memory_order_relaxed); }
  bool full() const { return live() >= max_live_; }

 private:
  static constexpr std::size_t shard_count = 64;
  static constexpr std::size_t chain_count = 1u << 17;

  struct Shard {
    std::mutex lock;
    std::vector<Entry*> spare;
  };

  std::uint64_t hash_of(const Series& series, std::string_view key, std::int64_t period) const;
  Entry* find_pinned(std::uint64_t hash, const Series& series, std::string_view key, std::int64_t period) const;
  Entry* make(Shard& shard, std::uint64_t hash, Series& series, std::string_view key, const Period& period);
  bool has_ended(Entry& entry, WallTime now) const;
  std::size_t sweep_chain(std::size_t chain, WallTime now);

  const std::uint64_t seed_;
  const std::size_t max_live_;
  std::unique_ptr<std::atomic<Entry*>[]> chains_;
  mutable std::array<Shard, shard_count> shards_;  // of chain i: shard i % shard_count
  std::atomic<std::size_t> live_ = 0;
  std::atomic<std::int64_t> closed_until_ = INT64_MIN;  // periods that end by then are closed

  std::mutex series_lock_;
  std::deque<Series> series_;
  TextMap<Series*> series_by_identity_;
};

}  // namespace tollgate
