#include "tokens/trie.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace tollgate {
namespace {

constexpr std::uint32_t block_size = 256;
constexpr std::size_t young_max = 2;
constexpr std::uint64_t used = 0x100;

// 256 bits.
using Bits = std::array<std::uint64_t, 4>;

bool has(const Bits& bits, std::uint32_t i) { return (bits[i / 64] >> (i % 64) & 1) != 0; }
void clear(Bits& bits, std::uint32_t i) { bits[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }

// Finds a base in whose cells a set of bytes has room. Sets look into the youngest blocks only; single bytes, which are most, fill the holes
// of the older ones.
class Places {
 public:
  explicit Places(HugeVector<std::uint64_t>& cells) : cells_(cells) { add_block(), young_.clear(); }  // base 0 is of those without children

  std::uint32_t take(std::span<const unsigned char> bytes) {
    for (; bytes.size() == 1 && !old_.empty(); old_.pop_back())
      if (int base = base_in(old_.back(), bytes); base >= 0) return mark(old_.back(), base, bytes);
    for (Block& block : young_)
      if (int base = base_in(block, bytes); base >= 0) return mark(block, base, bytes);
    Block& block = add_block();
    return mark(block, base_in(block, bytes), bytes);
  }

 private:
  struct Block {
    std::uint32_t start;
    Bits cells, bases;  // those that are free
  };

  Block& add_block() {
    constexpr Bits all = {~0ull, ~0ull, ~0ull, ~0ull};
    if (young_.size() == young_max) {
      old_.push_back(young_.front());
      young_.erase(young_.begin());
    }
    young_.push_back({static_cast<std::uint32_t>(cells_.size()), all, all});
    cells_.resize(cells_.size() + block_size);
    return young_.back();
  }
  // -1: there is no room.
  static int base_in(const Block& block, std::span<const unsigned char> bytes) {
    for (std::uint32_t word = 0; word < 4; ++word)
      for (std::uint64_t left = block.cells[word]; left != 0; left &= left - 1) {
        std::uint32_t base = (word * 64 + static_cast<std::uint32_t>(std::countr_zero(left))) ^ bytes[0];
        auto is_free = [&](unsigned char byte) { return has(block.cells, base ^ byte); };
        if (has(block.bases, base) && std::all_of(bytes.begin() + 1, bytes.end(), is_free)) return static_cast<int>(base);
      }
    return -1;
  }
  static std::uint32_t mark(Block& block, int found, std::span<const unsigned char> bytes) {
    auto base = static_cast<std::uint32_t>(found);
    clear(block.bases, base);
    for (unsigned char byte : bytes) clear(block.cells, base ^ byte);
    return block.start + base;
  }

  HugeVector<std::uint64_t>& cells_;
  std::vector<Block> young_, old_;
};

std::size_t shared_prefix(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

// A run of the sorted strings that share their first `depth` bytes, and the cell that stands for these.
struct Range {
  std::uint32_t first, last, depth, cell;
};

}  // namespace

void Trie::build(std::span<const std::string_view> sorted, std::span<const std::uint32_t> values) {
  std::size_t prefixes = 0;  // one cell each, and a few holes
  for (std::size_t i = 0; i < sorted.size(); ++i) prefixes += sorted[i].size() - (i == 0 ? 0 : shared_prefix(sorted[i - 1], sorted[i]));
  cells_.reserve(prefixes + prefixes / 32 + 4 * block_size);
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
}

}  // namespace tollgate
