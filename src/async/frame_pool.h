#pragma once
// Memory for coroutine frames and other short-lived objects of one thread: size-classed free lists, so that a request in
// steady state allocates nothing. Memory freed on another thread than it came from simply joins that thread's lists.

#include <cstddef>

namespace tollgate {

void* frame_allocate(std::size_t size);
void frame_release(void* memory, std::size_t size) noexcept;

// Inherit to have `new` and `delete` of a class use the pool.
struct FromFramePool {
  static void* operator new(std::size_t size) { return frame_allocate(size); }
  static void operator delete(void* memory, std::size_t size) { frame_release(memory, size); }
};

}  // namespace tollgate
