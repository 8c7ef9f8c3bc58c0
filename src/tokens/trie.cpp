#include "tokens/trie.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

namespace tollgate {
namespace {

constexpr std::uint32_t block_size = 256;
constexpr std::size_t blocks_tried = 12;  // those that have had no room for so long are left alone
constexpr std::uint64_t used = 0x100;

// 256 bits.
using Bits = std::array<std::uint64_t, 4>;

void clear(Bits& bits, std::uint32_t i) { bits[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }

// Bit i of the result is bit i ^ by of the word.
std::uint64_t exchanged(std::uint64_t word, std::uint32_t by) {
  constexpr std::uint64_t lows[6] = {0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F, 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0x00000000FFFFFFFF};
  for (int stage = 0; stage < 6; ++stage)
    if ((by >> stage & 1) != 0) word = (word >> (1 << stage) & lows[stage]) | (word & lows[stage]) << (1 << stage);
  return word;
}

// Finds a base in whose cells a set of bytes has room.
class Places {
 public:
  explicit Places(std::vector<std::uint64_t>& cells) : cells_(cells) { add_block(), open_.clear(); }  // base 0 is of those without children

  std::uint32_t take(std::span<const unsigned char> bytes) {
    for (std::size_t i = open_.size() > blocks_tried ? open_.size() - blocks_tried : 0; i < open_.size(); ++i)
      if (int base = base_in(open_[i], bytes); base >= 0) return mark(open_[i], static_cast<std::uint32_t>(base), bytes);
    add_block();
    return mark(open_.back(), static_cast<std::uint32_t>(base_in(open_.back(), bytes)), bytes);
  }

 private:
  struct Block {
    std::uint32_t start;
    Bits cells, bases;  // those that are free
  };

  void add_block() {
    constexpr Bits all = {~0ull, ~0ull, ~0ull, ~0ull};
    open_.push_back({static_cast<std::uint32_t>(cells_.size()), all, all});
    cells_.resize(cells_.size() + block_size);
  }
  static int base_in(const Block& block, std::span<const unsigned char> bytes) {
    Bits fits = block.bases;
    for (unsigned char byte : bytes)
      for (std::uint32_t word = 0; word < 4; ++word) fits[word] &= exchanged(block.cells[word ^ (byte / 64)], byte % 64);
    for (std::uint32_t word = 0; word < 4; ++word)
      if (fits[word] != 0) return static_cast<int>(word * 64) + std::countr_zero(fits[word]);
    return -1;
  }
  std::uint32_t mark(Block& block, std::uint32_t base, std::span<const unsigned char> bytes) {
    clear(block.bases, base);
    for (unsigned char byte : bytes) clear(block.cells, base ^ byte);
    std::uint32_t found = block.start + base;
    if (block.cells == Bits{}) std::erase_if(open_, [&](const Block& one) { return one.cells == Bits{}; });
    return found;
  }

  std::vector<std::uint64_t>& cells_;
  std::vector<Block> open_;
};

// A run of the sorted strings that share their first `depth` bytes, and the cell that stands for these.
struct Range {
  std::uint32_t first, last, depth, cell;
};

}  // namespace

void Trie::build(std::span<const std::string_view> sorted, std::span<const std::uint32_t> values) {
  cells_.clear();
  Places places(cells_);
  std::vector<Range> waiting = {{0, static_cast<std::uint32_t>(sorted.size()), 0, 0}};
  std::vector<unsigned char> bytes;
  std::vector<std::uint32_t> starts;
  while (!waiting.empty()) {
    Range range = waiting.back();
    waiting.pop_back();
    std::uint32_t value = no_value;
    if (sorted[range.first].size() == range.depth) value = values[range.first++];
    bytes.clear(), starts.clear();
    for (std::uint32_t i = range.first; i < range.last; ++i) {
      auto byte = static_cast<unsigned char>(sorted[i][range.depth]);
      if (bytes.empty() || bytes.back() != byte) bytes.push_back(byte), starts.push_back(i);
    }
    std::uint32_t base = bytes.empty() ? 0 : places.take(bytes);
    if (range.depth == 0) root_ = base;
    else cells_[range.cell] |= std::uint64_t{base} << 32 | std::uint64_t{value} << 12;
    starts.push_back(range.last);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      cells_[base ^ bytes[i]] = used | bytes[i];
      waiting.push_back({starts[i], starts[i + 1], range.depth + 1, base ^ bytes[i]});
    }
  }
  cells_.shrink_to_fit();
}

}  // namespace tollgate
