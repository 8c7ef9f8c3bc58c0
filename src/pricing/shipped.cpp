// The bytes of data/prices/catalogue.json inside the program: taken in by the assembler, since a C++ array of this size
// would take the compiler seconds. The build file names the file and has this one made anew when it changes.
#include "pricing/catalogue.h"

__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    ".hidden tollgate_catalogue_begin\n"
    ".global tollgate_catalogue_begin\n"
    "tollgate_catalogue_begin:\n"
    ".incbin \"" TOLLGATE_CATALOGUE_FILE
    "\"\n"
    ".hidden tollgate_catalogue_end\n"
    ".global tollgate_catalogue_end\n"
    "tollgate_catalogue_end:\n"
    ".byte 0\n"
    ".text\n");

extern "C" {
extern const char tollgate_catalogue_begin[] __attribute__((visibility("hidden")));
extern const char tollgate_catalogue_end[] __attribute__((visibility("hidden")));
}

namespace tollgate {

std::string_view Catalogue::shipped() {
  return {tollgate_catalogue_begin, static_cast<std::size_t>(tollgate_catalogue_end - tollgate_catalogue_begin)};
}

}  // namespace tollgate
