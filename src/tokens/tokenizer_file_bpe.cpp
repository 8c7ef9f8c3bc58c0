#include "tokens/tokenizer_file_bpe.h"

#include <algorithm>

#include "tokens/tokenizer_file_bpe_reading.h"
#include "tokens/tokenizer_file_splitting.h"

namespace tollgate {

Result<FileBpe> FileBpe::read(const json::Value& model, bool by_bytes) {
  FileBpe made;
  made.by_bytes_ = by_bytes;
  TG_TRY_VOID(Reading(model, made).all());
  return made;
}

std::uint32_t FileBpe::id_of(char32_t character) const { return ids_[rows_[character >> 8]][character & 0xFF]; }

void FileBpe::put_id(char32_t character, std::uint32_t id) {
  if (character >= 0x110000) return;
  std::uint16_t& row = rows_[character >> 8];
  if (row == 0) {
    row = static_cast<std::uint16_t>(ids_.size());
    ids_.emplace_back().fill(none);
  }
  ids_[row][character & 0xFF] = id;
}

void FileBpe::add_neighbours(std::string_view token) {
  std::string bytes = by_bytes_ ? file_token_bytes(token) : std::string();
  std::string_view text = by_bytes_ ? std::string_view(bytes) : token;
  char32_t before = 0;
  for (std::size_t at = 0; at < text.size();) {
    bool is_first = at == 0;
    char32_t code = by_bytes_ ? static_cast<unsigned char>(text[at++]) : next_character(text, at);
    if (!is_first) {
      std::uint32_t bit = bit_of(before, code);
      neighbours_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
    before = code;
  }
}

std::size_t FileBpe::bytes() const {
  constexpr std::size_t bytes_of_whole = 64;
  return merges_.bytes() + ids_.size() * sizeof ids_[0] + neighbours_.size() * 8 + wholes_.size() * bytes_of_whole;
}

namespace {

constexpr std::size_t short_stretch = 32;

// For few tokens: looks at all neighbours each time.
std::size_t merge_few(const FileMerges& merges, std::uint32_t* ids, std::size_t count) {
  constexpr FileMerges::Merge never{~std::uint32_t{0}, 0};
  std::array<FileMerges::Merge, short_stretch> next;
  auto look = [&](std::size_t i) {
    const FileMerges::Merge* found = merges.find(ids[i], ids[i + 1]);
    next[i] = found == nullptr ? never : *found;
  };
  for (std::size_t i = 0; i + 1 < count; ++i) look(i);
  while (count > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < count; ++i)
      if (next[i].rank < next[best].rank) best = i;
    if (next[best].rank == never.rank) break;
    ids[best] = next[best].id;
    std::copy(ids + best + 2, ids + count, ids + best + 1);
    if (best + 2 < count) std::copy(next.data() + best + 2, next.data() + count - 1, next.data() + best + 1);
    --count;
    if (best > 0) look(best - 1);
    if (best + 1 < count) look(best);
  }
  return count;
}

// For many: a heap of what may be merged, the lowest rank first and of these the leftmost. What was overtaken is left out when it comes up.
std::size_t merge_many(const FileMerges& merges, const std::vector<std::uint32_t>& ids) {
  constexpr std::uint32_t gone = ~std::uint32_t{0};
  struct Symbol {
    std::uint32_t id, before, after;  // places; `gone`: none
  };
  auto size = static_cast<std::uint32_t>(ids.size());
  std::vector<Symbol> symbols(size);
  for (std::uint32_t i = 0; i < size; ++i) symbols[i] = {ids[i], i == 0 ? gone : i - 1, i + 1 == size ? gone : i + 1};
  std::vector<std::uint64_t> heap;
  auto rank_and_place = [](std::uint32_t rank, std::uint32_t place) { return std::uint64_t{rank} << 32 | place; };
  for (std::uint32_t i = 0; i + 1 < size; ++i)
    if (const auto* merge = merges.find(ids[i], ids[i + 1])) heap.push_back(rank_and_place(merge->rank, i));
  std::ranges::make_heap(heap, std::greater<>());
  auto add = [&](std::uint32_t place) {
    const Symbol& left = symbols[place];
    if (left.after == gone) return;
    const auto* merge = merges.find(left.id, symbols[left.after].id);
    if (merge == nullptr) return;
    heap.push_back(rank_and_place(merge->rank, place));
    std::ranges::push_heap(heap, std::greater<>());
  };
  std::size_t count = size;
  while (!heap.empty()) {
    std::ranges::pop_heap(heap, std::greater<>());
    std::uint64_t top = heap.back();
    heap.pop_back();
    auto place = static_cast<std::uint32_t>(top);
    Symbol& left = symbols[place];
    if (left.id == gone || left.after == gone) continue;
    Symbol& right = symbols[left.after];
    const auto* merge = merges.find(left.id, right.id);
    if (merge == nullptr || merge->rank != top >> 32) continue;
    left.id = merge->id;
    left.after = right.after;
    right.id = gone;
    if (left.after != gone) symbols[left.after].before = place;
    --count;
    if (left.before != gone) add(left.before);
    add(place);
  }
  return count;
}

}  // namespace

// The tokens of a piece up to where it is cut, still unmerged.
class FileBpe::Stretch {
 public:
  explicit Stretch(const FileBpe& bpe) : bpe_(bpe) {}

  // The characters of a piece, in order.
  void add(char32_t code, std::string_view text) {
    std::uint32_t id = bpe_.id_of(code);
    if (id == none) {
      known_ = false;
      return add_unknown(code, text);
    }
    put_unknown();
    if (known_ && !bpe_.may_meet(before_, code)) merge();
    push(id);
    before_ = code;
    known_ = true;
  }
  Counted finish() {
    put_unknown();
    merge();
    return counted_;
  }

 private:
  void add_unknown(char32_t code, std::string_view text) {
    if (bpe_.byte_fallback_ && add_bytes(code, text)) return;
    if (bpe_.unknown_ == none) return;
    if (unknown_ && !bpe_.fuse_unknown_) push(bpe_.unknown_);
    unknown_ = true;
  }
  bool add_bytes(char32_t code, std::string_view text) {
    std::string written;
    if (bpe_.by_bytes_) {
      char32_t stands = file_byte_character(static_cast<unsigned char>(code));
      written = {static_cast<char>(0xC0 | stands >> 6), static_cast<char>(0x80 | (stands & 0x3F))};
      if (stands < 0x80) written = static_cast<char>(stands);
      text = written;
    }
    auto id = [&](char byte) { return bpe_.byte_ids_[static_cast<unsigned char>(byte)]; };
    if (std::ranges::any_of(text, [&](char byte) { return id(byte) == none; })) return false;
    for (char byte : text) push(id(byte));
    return true;
  }
  void put_unknown() {
    if (unknown_) push(bpe_.unknown_);
    unknown_ = false;
  }
  void push(std::uint32_t id) {
    if (count_ < short_stretch) {
      few_[count_++] = id;
      return;
    }
    if (many_.empty()) many_.assign(few_.begin(), few_.end());
    many_.push_back(id);
    if (++count_ < stretch_max) return;
    counted_.whole = false;
    merge();
  }
  void merge() {
    if (count_ > short_stretch) counted_.tokens += static_cast<std::int64_t>(merge_many(bpe_.merges_, many_));
    else if (count_ > 1) counted_.tokens += static_cast<std::int64_t>(merge_few(bpe_.merges_, few_.data(), count_));
    else counted_.tokens += static_cast<std::int64_t>(count_);
    count_ = 0;
    many_.clear();
  }

  const FileBpe& bpe_;
  std::array<std::uint32_t, short_stretch> few_;
  std::vector<std::uint32_t> many_;  // all of them, where they are more
  std::size_t count_ = 0;
  char32_t before_ = 0;
  bool known_ = false, unknown_ = false;  // the last character is a token; an unknown one waits to be written
  Counted counted_;
};

FileBpe::Counted FileBpe::count(std::string_view piece) const {
  if (!wholes_.empty() && wholes_.contains(piece)) return {1, true};
  Stretch stretch(*this);
  for (std::size_t at = 0; at < piece.size();) {
    std::size_t begin = at;
    char32_t code = by_bytes_ ? static_cast<unsigned char>(piece[at++]) : next_character(piece, at);
    stretch.add(code, piece.substr(begin, at - begin));
  }
  return stretch.finish();
}

}  // namespace tollgate
