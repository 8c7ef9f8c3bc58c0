#pragma once
// The numbers of one thread. A thread counts in its own MetricCells by plain stores, so counting never contends; a
// scrape reads the cells of all threads and adds them up (registry.h).
//
// Counter, Gauge and Histogram are places, the same in the cells of every thread. A place of value zero is a sink:
// writing to it is allowed and shows nowhere.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tollgate {

using Cell = std::uint32_t;

struct Counter {
  Cell cell = 0;
  bool none() const { return cell == 0; }
};
struct Gauge {
  Cell cell = 0;
  bool none() const { return cell == 0; }
};
struct Histogram {
  Cell cell = 0;
  std::span<const std::int64_t> bounds{};
};

class MetricCells {
 public:
  static constexpr std::size_t chunk_cells = 512;  // one series lies in one chunk
  static constexpr std::size_t chunks_max = 1024;
  static constexpr std::size_t cells_max = chunk_cells * chunks_max;
  // A gauge with this value in any thread is not shown.
  static constexpr std::int64_t absent = INT64_MIN;

  MetricCells() = default;
  MetricCells(const MetricCells&) = delete;
  MetricCells& operator=(const MetricCells&) = delete;
  ~MetricCells();

  // All that writes belongs to one thread. Takes memory only at the first use of a chunk.
  void add(Counter counter, std::uint64_t by = 1) { increase(at(counter.cell), by); }
  void add(Gauge gauge, std::int64_t by) { increase(at(gauge.cell), static_cast<std::uint64_t>(by)); }
  void set(Gauge gauge, std::int64_t value) { store(gauge.cell, static_cast<std::uint64_t>(value)); }
  // A total that is counted elsewhere. REQUIRES: it never falls.
  void set(Counter counter, std::uint64_t total) { store(counter.cell, total); }
  void observe(const Histogram& histogram, std::int64_t value) {
    std::size_t bucket = bucket_of(value, histogram.bounds);
    std::atomic<std::uint64_t>* first = &at(histogram.cell);
    increase(first[bucket], 1);
    increase(first[histogram.bounds.size() + 1], static_cast<std::uint64_t>(value));
  }

  // Any thread.
  std::uint64_t read(Cell cell) const {
    const Chunk* chunk = chunks_[cell / chunk_cells].load(std::memory_order_acquire);
    return chunk == nullptr ? 0 : chunk->cells[cell % chunk_cells].load(std::memory_order_relaxed);
  }

 private:
  struct Chunk {
    std::array<std::atomic<std::uint64_t>, chunk_cells> cells{};
  };

  // How many bounds are below the value: a binary search without jumps.
  static std::size_t bucket_of(std::int64_t value, std::span<const std::int64_t> bounds) {
    const std::int64_t* begin = bounds.data();
    for (std::size_t left = bounds.size(); left > 0;) {
      std::size_t half = (left + 1) / 2;
      begin += begin[half - 1] < value ? half : 0;
      left -= half;
    }
    return static_cast<std::size_t>(begin - bounds.data());
  }

  static void increase(std::atomic<std::uint64_t>& cell, std::uint64_t by) {
    cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  void store(Cell cell, std::uint64_t value) { at(cell).store(value, std::memory_order_relaxed); }
  std::atomic<std::uint64_t>& at(Cell cell) {
    Chunk* chunk = chunks_[cell / chunk_cells].load(std::memory_order_relaxed);
    if (chunk == nullptr) [[unlikely]]
      chunk = add_chunk(cell / chunk_cells);
    return chunk->cells[cell % chunk_cells];
  }
  Chunk* add_chunk(std::size_t number);

  std::array<std::atomic<Chunk*>, chunks_max> chunks_{};
};

}  // namespace tollgate
