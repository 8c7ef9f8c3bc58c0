#pragma once
// One thread's memory of label sets that it has met: from a key of 64 bits that stands for the label values to a
// Block of places in the cells. Finding a known key takes neither lock nor memory.
//
// A Block is a small struct of Counters and the like; it starts empty and its owner fills it from the registry. The
// number of blocks is bounded: beyond it every new key gets the block of `other_key`.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tollgate {

template <class Block>
class SeriesCache {
 public:
  SeriesCache(std::uint64_t other_key, std::size_t blocks_max) : other_key_(other_key), blocks_max_(blocks_max) {
    clear();
  }

  struct Found {
    std::uint64_t key;  // whose block it is
    Block& block;       // good until the next call
  };
  Found find(std::uint64_t key) {
    Entry* entry = &slot_of(key);
    if (!entry->used) [[unlikely]]
      entry = &add(key);
    return {entry->key, entry->block};
  }

  // After the meaning of keys has changed.
  void clear() {
    entries_.assign(first_slots, {});
    used_ = 0;
    add(other_key_);
  }
  std::size_t size() const { return used_; }

 private:
  static constexpr std::size_t first_slots = 16;  // a power of two

  struct Entry {
    std::uint64_t key = 0;
    bool used = false;
    Block block{};
  };

  // The entry of the key, or the free one where it would stand: there always is a free one.
  Entry& slot_of(std::uint64_t key) {
    std::size_t mask = entries_.size() - 1;
    std::uint64_t mixed = (key ^ (key >> 31)) * 0x9E3779B97F4A7C15u;  // Fibonacci hashing
    for (std::size_t at = (mixed >> 32) & mask;; at = (at + 1) & mask)
      if (!entries_[at].used || entries_[at].key == key) return entries_[at];
  }

  Entry& add(std::uint64_t key) {
    if (used_ >= blocks_max_ && key != other_key_) return slot_of(other_key_);
    if ((used_ + 1) * 2 > entries_.size()) grow();
    Entry& entry = slot_of(key);
    assert(!entry.used);
    entry = {key, true, {}};
    ++used_;
    return entry;
  }

  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (Entry& entry : old)
      if (entry.used) slot_of(entry.key) = std::move(entry);
  }

  std::uint64_t other_key_;
  std::size_t blocks_max_;
  std::vector<Entry> entries_;
  std::size_t used_ = 0;
};

}  // namespace tollgate
