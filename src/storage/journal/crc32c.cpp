#include "storage/journal/crc32c.h"

#include <array>
#include <cstring>

namespace tollgate {
namespace {

constexpr std::uint32_t reflected_polynomial = 0x82F63B78;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? reflected_polynomial : 0);
    table[i] = value;
  }
  return table;
}
constexpr auto table = make_table();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(const void* bytes, std::size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  std::uint64_t crc = 0xFFFFFFFF;
  for (; size >= 8; size -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    crc = __builtin_ia32_crc32di(crc, word);
  }
  auto rest = static_cast<std::uint32_t>(crc);
  for (; size > 0; --size, ++at) rest = __builtin_ia32_crc32qi(rest, *at);
  return ~rest;
}
#endif

}  // namespace

std::uint32_t crc32c_by_table(const void* bytes, std::size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  std::uint32_t crc = 0xFFFFFFFF;
  for (; size > 0; --size, ++at) crc = (crc >> 8) ^ table[(crc ^ *at) & 0xFF];
  return ~crc;
}

std::uint32_t crc32c(const void* bytes, std::size_t size) {
#if defined(__x86_64__)
  static const bool instruction = __builtin_cpu_supports("sse4.2");
  if (instruction) return crc32c_by_instruction(bytes, size);
#endif
  return crc32c_by_table(bytes, size);
}

}  // namespace tollgate
