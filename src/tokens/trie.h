#pragma once
// A set of byte strings, for finding which of them a text begins with. A double array: one look into memory for each byte
// (J. Aoe, 1989). About 8 bytes for each prefix of its strings.
//
// A cell is reached from a base by exclusive-or with the next byte. Bases are unique, so that a cell whose byte is the right one belongs
// to the base that was asked.

#include <cstdint>
#include <span>
#include <string_view>

#include "tokens/huge_pages.h"

namespace tollgate {

class Trie {
 public:
  static constexpr std::uint32_t no_value = 0xFFFFF;

  // Where a walk stands.
  struct Step {
    std::uint32_t base;
    std::uint32_t value;  // of the string that ends here, or no_value
  };

  // REQUIRES: `sorted` ascends, without repetitions or empty strings; as many values, each below no_value.
  void build(std::span<const std::string_view> sorted, std::span<const std::uint32_t> values);

  std::uint32_t root() const { return root_; }
  // False where no string goes on with this byte.
  bool step(std::uint32_t base, unsigned char byte, Step& to) const {
    std::uint64_t cell = cells_[base ^ byte];
    if ((cell & 0x1FF) != (0x100u | byte)) return false;
    to = {static_cast<std::uint32_t>(cell >> 32), static_cast<std::uint32_t>(cell >> 12) & no_value};
    return true;
  }

 private:
  HugeVector<std::uint64_t> cells_;  // base 32 bits, value 20, three unused, used 1, byte 8
  std::uint32_t root_ = 0;
};

}  // namespace tollgate
