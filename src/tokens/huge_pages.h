#pragma once
// Memory for tables that are looked into everywhere: large ones on pages of 2 MiB, where the system gives them when asked (it does for
// transparent_hugepage = madvise or always). A look into a cold table of 4 MiB then waits for memory alone and not for page tables too.

#include <cstddef>
#include <vector>

namespace tollgate {

void* take_huge(std::size_t bytes);
void give_huge(void* memory, std::size_t bytes);

template <class T>
struct HugeAllocator {
  using value_type = T;
  HugeAllocator() = default;
  template <class U>
  HugeAllocator(const HugeAllocator<U>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(take_huge(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) { give_huge(memory, count * sizeof(T)); }
  friend bool operator==(const HugeAllocator&, const HugeAllocator&) { return true; }
};

template <class T>
using HugeVector = std::vector<T, HugeAllocator<T>>;

}  // namespace tollgate
