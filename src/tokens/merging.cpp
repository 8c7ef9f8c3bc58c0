#include "tokens/merging.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace tollgate {
namespace {

constexpr std::size_t token_max = Vocabulary::token_bytes_max;
constexpr std::size_t large_window = 8192;
constexpr auto no_bound = std::numeric_limits<std::int64_t>::max();

}  // namespace

Merging::Merging(const Vocabulary& vocabulary, std::string_view piece, std::span<std::uint32_t> ids, std::span<std::uint64_t> open)
    : vocabulary_(vocabulary), piece_(piece), ids_(ids), open_(open), word_mask_(open.size() - 1), id_mask_(ids.size() - 1), size_max_(token_max) {
  open_ahead();
  if (piece_.size() >= long_piece) known_.fill(0);
}

bool Merging::stay_apart(std::uint32_t left, std::uint32_t right) {
  if (piece_.size() < long_piece) return vocabulary_.stay_apart(left, right);
  std::uint64_t key = std::uint64_t{left} << 22 | std::uint64_t{right} << 2 | 2;
  std::uint64_t& known = known_[(key * 0x9E3779B97F4A7C15u) >> (64 - std::countr_zero(known_pairs))];
  if ((known | 1) != (key | 1)) known = key | (vocabulary_.stay_apart(left, right) ? 1 : 0);
  return (known & 1) != 0;
}

void Merging::run(std::int64_t steps_max) {
  for (; steps_max > 0 && !ended(); --steps_max) step();
}

// Tries the tokens that begin here, the longest first.
void Merging::step() {
  std::array<std::uint32_t, token_max> found;
  std::array<std::uint8_t, token_max> sizes;
  std::size_t count = 0, most = std::min(size_max_, piece_.size() - at_);
  const Trie& trie = vocabulary_.trie();
  Trie::Step step{trie.root(), Trie::no_value};
  for (std::size_t size = 1; size <= most && trie.step(step.base, static_cast<unsigned char>(piece_[at_ + size - 1]), step); ++size) {
    if (step.value == Trie::no_value) continue;
    found[count] = step.value;
    sizes[count++] = static_cast<std::uint8_t>(size);
  }
  std::uint32_t last = count_ > 0 ? ids_[static_cast<std::size_t>(count_ - 1) & id_mask_] : 0;
  while (count-- > 0) {
    std::size_t end = at_ + sizes[count];
    if (is_open(end) && (count_ == 0 || stay_apart(last, found[count]))) return take(found[count], end);
  }
  take_back(last);
}

void Merging::take(std::uint32_t token, std::size_t end) {
  ids_[static_cast<std::size_t>(count_++) & id_mask_] = token;
  at_ = end;
  size_max_ = token_max;
  open_ahead();
}

void Merging::take_back(std::uint32_t last) {
  open_[at_ / 64 & word_mask_] &= ~(std::uint64_t{1} << (at_ % 64));
  std::size_t size = vocabulary_.size_of(last);
  if (count_ == 0 || opened_ - (at_ - size) >= open_.size() * 64) {
    stuck_ = true;
    return;
  }
  at_ -= size;
  --count_;
  size_max_ = size - 1;
}

void Merging::open_ahead() {
  for (; opened_ <= at_ + token_max; opened_ += 64) open_[opened_ / 64 & word_mask_] = ~std::uint64_t{0};
}

std::vector<std::uint32_t> merged(const Vocabulary& vocabulary, std::string_view piece) {
  std::size_t window = std::max(Merging::window_min, std::bit_ceil(piece.size() + 2 * token_max));
  std::vector<std::uint32_t> ids(window);
  std::vector<std::uint64_t> open(window / 64);
  Merging all(vocabulary, piece, ids, open);
  all.run(no_bound);
  ids.resize(static_cast<std::size_t>(all.count()));
  return ids;
}

namespace {

template <std::size_t window>
[[gnu::noinline]] std::int64_t count_within(const Vocabulary& vocabulary, std::string_view piece) {
  std::array<std::uint32_t, window> ids;
  std::array<std::uint64_t, window / 64> open;
  Merging all(vocabulary, piece, ids, open);
  all.run(no_bound);
  return all.stuck() ? -1 : all.count();
}

}  // namespace

std::int64_t merged_count(const Vocabulary& vocabulary, std::string_view piece) {
  if (piece.size() <= Merging::window_min - 2 * token_max) return count_within<Merging::window_min>(vocabulary, piece);
  std::int64_t count = count_within<large_window>(vocabulary, piece);
  return count >= 0 ? count : static_cast<std::int64_t>(merged(vocabulary, piece).size());
}

}  // namespace tollgate
