#pragma once
// What one limit has given away to one value in one window: `taken` is what was used and what is reserved, and never
// passes the limit when something is taken. What is left is the limit less this, so a changed limit holds at once and
// nothing that was used is forgotten.
//
// Shared by all threads. A calendar counter is changed by compare-exchange. A rolling one keeps its buckets behind a
// lock of its own (one flag, no system call unless two threads meet), held for a few additions.
//
// Amounts are in the limit's unit (nano-USD for money), never negative; sums saturate.

#include <atomic>
#include <cstdint>
#include <memory>

#include "limits/window.h"

namespace tollgate {

struct Amounts {
  std::int64_t taken = 0;  // used + reserved
  std::int64_t used = 0;

  std::int64_t reserved() const { return taken > used ? taken - used : 0; }
};

class LimitCounter {
 public:
  // Where an amount was taken: the bucket of a rolling window, else unused.
  using Bucket = std::int64_t;

  // Makes it a new one; before any other thread knows it.
  void reset(bool rolling);

  // Adds to what is taken unless that would pass the limit. All or nothing. A bucket that is too old, since a clock was
  // put back, becomes the newest: nothing goes uncounted.
  bool take(std::int64_t amount, std::int64_t limit, Bucket& bucket);
  // Adds even beyond the limit: for what must be counted though it cannot be refused. Of old buckets it takes only
  // those that still count.
  void take_anyway(std::int64_t amount, Bucket bucket);
  // Replaces what was reserved by what was used. Does nothing for a bucket that is too old to count.
  void settle(std::int64_t reserved, std::int64_t used, Bucket bucket);
  void give_back(std::int64_t reserved, Bucket bucket) { settle(reserved, 0, bucket); }

  // Nothing is changed; for looking first. `newest` is the bucket of now.
  bool has_room(std::int64_t amount, std::int64_t limit, Bucket newest);
  Amounts read(Bucket newest);

  // Rolling: the oldest bucket that still counts and is not empty; `newest` when there is none.
  Bucket oldest(Bucket newest);
  // Rolling: what was used in a bucket.
  std::int64_t used_in(Bucket bucket);

 private:
  struct Ring {
    std::atomic_flag lock;
    Bucket newest = INT64_MIN / 2;  // before any bucket there can be
    std::int64_t taken[Window::max_buckets] = {};
    std::int64_t used[Window::max_buckets] = {};
  };
  class Locked;

  std::int64_t taken() const { return taken_.load(std::memory_order_relaxed); }

  std::atomic<std::int64_t> taken_ = 0;
  std::atomic<std::int64_t> used_ = 0;
  std::unique_ptr<Ring> ring_;
};

}  // namespace tollgate
