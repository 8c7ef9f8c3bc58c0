#include "limits/counter.h"

#include <algorithm>
#include <cassert>

namespace tollgate {
namespace {

std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return b > 0 ? INT64_MAX : INT64_MIN;
  return sum;
}

bool fits(std::int64_t taken, std::int64_t amount, std::int64_t limit) {
  return saturating_add(taken, amount) <= limit;
}

void add(std::atomic<std::int64_t>& to, std::int64_t change) {
  std::int64_t before = to.load(std::memory_order_relaxed);
  while (!to.compare_exchange_weak(before, saturating_add(before, change), std::memory_order_release)) {
  }
}

std::size_t slot_of(LimitCounter::Bucket bucket) {
  constexpr std::int64_t n = Window::max_buckets;
  return static_cast<std::size_t>((bucket % n + n) % n);
}

}  // namespace

// The ring, held by this thread, with the buckets that are too old at `newest` emptied.
class LimitCounter::Locked {
 public:
  Locked(LimitCounter& counter, Bucket newest) : counter_(counter), ring_(*counter.ring_) {
    while (ring_.lock.test_and_set(std::memory_order_acquire)) ring_.lock.wait(true, std::memory_order_relaxed);
    if (newest > ring_.newest) forget_until(newest);
  }
  ~Locked() {
    ring_.lock.clear(std::memory_order_release);
    ring_.lock.notify_one();
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

  Bucket newest() const { return ring_.newest; }
  bool counts(Bucket bucket) const { return bucket > ring_.newest - Window::max_buckets && bucket <= ring_.newest; }
  std::int64_t taken_in(Bucket bucket) const { return ring_.taken[slot_of(bucket)]; }
  std::int64_t used_in(Bucket bucket) const { return ring_.used[slot_of(bucket)]; }

  void change(Bucket bucket, std::int64_t taken, std::int64_t used) {
    std::size_t slot = slot_of(bucket);
    ring_.taken[slot] = saturating_add(ring_.taken[slot], taken);
    ring_.used[slot] = saturating_add(ring_.used[slot], used);
    add(counter_.taken_, taken);
    add(counter_.used_, used);
  }

 private:
  void forget_until(Bucket newest) {
    // The slots between the old and the new newest hold buckets that are now too old.
    Bucket from = std::max(newest - Window::max_buckets, ring_.newest) + 1;
    for (Bucket bucket = from; bucket <= newest; ++bucket) change(bucket, -taken_in(bucket), -used_in(bucket));
    ring_.newest = newest;
  }

  LimitCounter& counter_;
  Ring& ring_;
};

void LimitCounter::reset(bool rolling) {
  taken_.store(0, std::memory_order_relaxed);
  used_.store(0, std::memory_order_relaxed);
  ring_ = rolling ? std::make_unique<Ring>() : nullptr;
}

bool LimitCounter::take(std::int64_t amount, std::int64_t limit, Bucket& bucket) {
  assert(amount >= 0);
  if (ring_) {
    Locked ring(*this, bucket);
    if (!fits(taken(), amount, limit)) return false;
    if (!ring.counts(bucket)) bucket = ring.newest();
    ring.change(bucket, amount, 0);
    return true;
  }
  std::int64_t before = taken();
  do {
    if (!fits(before, amount, limit)) return false;
  } while (!taken_.compare_exchange_weak(before, saturating_add(before, amount), std::memory_order_relaxed));
  return true;
}

void LimitCounter::take_anyway(std::int64_t amount, Bucket bucket) {
  assert(amount >= 0);
  if (!ring_) return add(taken_, amount);
  Locked ring(*this, bucket);
  if (ring.counts(bucket)) ring.change(bucket, amount, 0);
}

// `taken` changes before `used`: who reads in between sees too much reserved, never too little.
void LimitCounter::settle(std::int64_t reserved, std::int64_t used, Bucket bucket) {
  assert(reserved >= 0 && used >= 0);
  if (ring_) {
    Locked ring(*this, INT64_MIN);
    if (ring.counts(bucket)) ring.change(bucket, used - reserved, used);
    return;
  }
  add(taken_, used - reserved);
  if (used != 0) add(used_, used);
}

bool LimitCounter::has_room(std::int64_t amount, std::int64_t limit, Bucket newest) {
  if (!ring_) return fits(taken(), amount, limit);
  Locked ring(*this, newest);
  return fits(taken(), amount, limit);
}

Amounts LimitCounter::read(Bucket newest) {
  if (ring_) {
    Locked ring(*this, newest);
    return {taken(), used_.load(std::memory_order_relaxed)};
  }
  std::int64_t used = used_.load(std::memory_order_acquire);
  return {std::max(taken(), used), used};
}

LimitCounter::Bucket LimitCounter::oldest(Bucket newest) {
  assert(ring_);
  Locked ring(*this, newest);
  for (Bucket bucket = ring.newest() - Window::max_buckets + 1; bucket < ring.newest(); ++bucket)
    if (ring.taken_in(bucket) != 0) return bucket;
  return ring.newest();
}

std::int64_t LimitCounter::used_in(Bucket bucket) {
  assert(ring_);
  Locked ring(*this, INT64_MIN);
  return ring.counts(bucket) ? ring.used_in(bucket) : 0;
}

}  // namespace tollgate
