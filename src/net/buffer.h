#pragma once
// Memory for bytes on their way: taken when data is there, given back when a connection falls idle. Sizes are powers of two
// from 4 KiB on; freed ones are kept for the thread's next taker, up to a bound.
//
// Bytes held for whole bodies are counted against one bound of the process (`server.memory`): beyond it `take` says no, and
// the request is answered 503 instead of the machine running out.

#include <atomic>
#include <cstddef>
#include <span>
#include <utility>

namespace tollgate {

// How much all threads together may hold. One for each process; outlives every Buffer that it counts.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t limit) : limit_(limit) {}
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

class Buffer {
 public:
  static constexpr std::size_t smallest = 4 * 1024;
  static constexpr std::size_t usual = 16 * 1024;

  Buffer() = default;
  // At least `size` bytes, not counted.
  explicit Buffer(std::size_t size);
  // At least `size` bytes, counted; empty when the budget does not allow it.
  static Buffer counted(std::size_t size, MemoryBudget& budget);

  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        budget_(std::exchange(other.budget_, nullptr)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    if (this != &other) {
      release();
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
      budget_ = std::exchange(other.budget_, nullptr);
    }
    return *this;
  }
  ~Buffer() { release(); }

  char* data() const { return data_; }
  std::size_t size() const { return size_; }
  bool empty() const { return data_ == nullptr; }
  std::span<char> from(std::size_t offset) const { return {data_ + offset, size_ - offset}; }

  void release();

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
  MemoryBudget* budget_ = nullptr;
};

}  // namespace tollgate
