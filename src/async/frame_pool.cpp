#include "async/frame_pool.h"

#include <array>
#include <new>

namespace tollgate {
namespace {

constexpr std::size_t step = 128;
constexpr std::size_t classes = 64;  // up to 8 KiB; larger ones go to the heap
constexpr int max_kept = 4096;       // of one class

struct FreeBlock {
  FreeBlock* next;
};

struct FreeLists {
  std::array<FreeBlock*, classes> head{};
  std::array<int, classes> kept{};
  ~FreeLists() {
    for (auto*& block : head) {
      while (block != nullptr) {
        FreeBlock* next = block->next;
        ::operator delete(block);
        block = next;
      }
    }
    kept.fill(max_kept);  // whatever is released later, at the end of the thread, goes to the heap
  }
};

thread_local FreeLists lists;

constexpr std::size_t class_of(std::size_t size) { return (size + step - 1) / step - 1; }

}  // namespace

void* frame_allocate(std::size_t size) {
  std::size_t index = class_of(size);
  if (size == 0 || index >= classes) return ::operator new(size);
  FreeBlock*& head = lists.head[index];
  if (head == nullptr) return ::operator new((index + 1) * step);
  --lists.kept[index];
  FreeBlock* block = head;
  head = block->next;
  return block;
}

void frame_release(void* memory, std::size_t size) noexcept {
  std::size_t index = class_of(size);
  if (size == 0 || index >= classes || lists.kept[index] >= max_kept) {
    ::operator delete(memory);
    return;
  }
  auto* block = static_cast<FreeBlock*>(memory);
  block->next = lists.head[index];
  lists.head[index] = block;
  ++lists.kept[index];
}

}  // namespace tollgate
