// The bytes of data/routing/difficulty.bin inside the program, taken in by the assembler as the price catalogue is (pricing/shipped.cpp).
#include <cstdlib>

#include "routing/difficulty.h"

__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    ".hidden tollgate_difficulty_begin\n"
    ".global tollgate_difficulty_begin\n"
    "tollgate_difficulty_begin:\n"
    ".incbin \"" TOLLGATE_DIFFICULTY_FILE
    "\"\n"
    ".hidden tollgate_difficulty_end\n"
    ".global tollgate_difficulty_end\n"
    "tollgate_difficulty_end:\n"
    ".byte 0\n"
    ".text\n");

extern "C" {
extern const char tollgate_difficulty_begin[] __attribute__((visibility("hidden")));
extern const char tollgate_difficulty_end[] __attribute__((visibility("hidden")));
}

namespace tollgate {

const DifficultyModel& DifficultyModel::shipped() {
  static const DifficultyModel only = [] {
    auto model = read({tollgate_difficulty_begin, static_cast<std::size_t>(tollgate_difficulty_end - tollgate_difficulty_begin)});
    if (!model) std::abort();  // the build took in something else
    return std::move(*model);
  }();
  return only;
}

}  // namespace tollgate
