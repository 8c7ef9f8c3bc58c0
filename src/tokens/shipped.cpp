// Taken in by the assembler, as the price catalogue is (pricing/shipped.cpp).
#include "tokens/shipped.h"

#define TG_TAKE_IN(name)                                        \
  __asm__(                                                      \
      ".section .rodata\n"                                      \
      ".balign 64\n"                                            \
      ".hidden tollgate_tokens_" #name                          \
      "\n"                                                      \
      ".global tollgate_tokens_" #name                          \
      "\n"                                                      \
      "tollgate_tokens_" #name                                  \
      ":\n"                                                     \
      ".incbin \"" TOLLGATE_TOKENS_FOLDER "/" #name             \
      ".bin\"\n"                                                \
      ".hidden tollgate_tokens_" #name                          \
      "_end\n"                                                  \
      ".global tollgate_tokens_" #name                          \
      "_end\n"                                                  \
      "tollgate_tokens_" #name                                  \
      "_end:\n"                                                 \
      ".byte 0\n"                                               \
      ".text\n");                                               \
  extern "C" {                                                  \
  extern const char tollgate_tokens_##name[] __attribute__((visibility("hidden")));       \
  extern const char tollgate_tokens_##name##_end[] __attribute__((visibility("hidden"))); \
  }                                                             \
  namespace tollgate::shipped {                                 \
  std::string_view name() {                                     \
    return {tollgate_tokens_##name, static_cast<std::size_t>(tollgate_tokens_##name##_end - tollgate_tokens_##name)}; \
  }                                                             \
  }

TG_TAKE_IN(o200k_base)
TG_TAKE_IN(cl100k_base)
TG_TAKE_IN(p50k_base)
TG_TAKE_IN(unicode)
