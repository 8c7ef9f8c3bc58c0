#include "tokens/huge_pages.h"

#include <sys/mman.h>

#include <new>

namespace tollgate {
namespace {

constexpr std::size_t huge_page = 2u << 20, line = 64;

std::size_t alignment(std::size_t bytes) { return bytes >= huge_page / 2 ? huge_page : line; }
std::size_t rounded(std::size_t bytes) { return (bytes + alignment(bytes) - 1) / alignment(bytes) * alignment(bytes); }

}  // namespace

void* take_huge(std::size_t bytes) {
  void* memory = ::operator new(rounded(bytes), std::align_val_t(alignment(bytes)));
  if (alignment(bytes) == huge_page) madvise(memory, rounded(bytes), MADV_HUGEPAGE);  // a wish: small pages serve as well
  return memory;
}

void give_huge(void* memory, std::size_t bytes) { ::operator delete(memory, rounded(bytes), std::align_val_t(alignment(bytes))); }

}  // namespace tollgate
