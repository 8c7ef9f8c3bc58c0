#include "net/buffer.h"

#include <array>
#include <bit>
#include <new>

namespace tollgate {
namespace {

constexpr std::size_t classes = 9;  // 4 KiB to 1 MiB; larger ones go back to the system at once
constexpr std::size_t kept_bytes_max = 8 * 1024 * 1024;

struct FreeBuffer {
  FreeBuffer* next;
};

struct FreeBuffers {
  std::array<FreeBuffer*, classes> head{};
  std::size_t kept_bytes = 0;
  ~FreeBuffers() {
    for (auto*& first : head) {
      while (first != nullptr) {
        FreeBuffer* next = first->next;
        ::operator delete(first);
        first = next;
      }
    }
    kept_bytes = kept_bytes_max;  // what comes later, at the end of the thread, is freed
  }
};

thread_local FreeBuffers free_buffers;

std::size_t rounded(std::size_t size) { return std::bit_ceil(size < Buffer::smallest ? Buffer::smallest : size); }
std::size_t class_of(std::size_t rounded_size) {
  return static_cast<std::size_t>(std::countr_zero(rounded_size) - std::countr_zero(Buffer::smallest));
}

char* allocate(std::size_t size) {
  std::size_t index = class_of(size);
  if (index < classes && free_buffers.head[index] != nullptr) {
    FreeBuffer* taken = free_buffers.head[index];
    free_buffers.head[index] = taken->next;
    free_buffers.kept_bytes -= size;
    return reinterpret_cast<char*>(taken);
  }
  return static_cast<char*>(::operator new(size));
}

void put_back(char* data, std::size_t size) {
  std::size_t index = class_of(size);
  if (index >= classes || free_buffers.kept_bytes + size > kept_bytes_max) {
    ::operator delete(data);
    return;
  }
  auto* freed = reinterpret_cast<FreeBuffer*>(data);
  freed->next = free_buffers.head[index];
  free_buffers.head[index] = freed;
  free_buffers.kept_bytes += size;
}

}  // namespace

bool MemoryBudget::take(std::size_t bytes) {
  std::size_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
  if (before + bytes <= limit_) return true;
  give_back(bytes);
  return false;
}

Buffer::Buffer(std::size_t size) : data_(allocate(rounded(size))), size_(rounded(size)) {}

Buffer Buffer::counted(std::size_t size, MemoryBudget& budget) {
  if (!budget.take(rounded(size))) return {};
  Buffer buffer(size);
  buffer.budget_ = &budget;
  return buffer;
}

void Buffer::release() {
  if (data_ == nullptr) return;
  if (budget_ != nullptr) std::exchange(budget_, nullptr)->give_back(size_);
  put_back(std::exchange(data_, nullptr), std::exchange(size_, 0));
}

}  // namespace tollgate
